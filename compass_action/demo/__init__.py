"""The demo: the life of real pipelines, played against the local stand-in for Compass.

Each scene of `scenes.json` runs the real entrypoint in a process of its own, with a recorded
environment (`*.env`) and what the host would add. What Compass would then show has to be what
`feed.json` says, without a problem, or the demo fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from compass_action import tracking
from compass_action.demo import keeping, table
from compass_action.demo.table import mismatches

HERE = Path(__file__).parent
ENTRYPOINT = HERE.parents[1] / "entrypoint.py"
INSTALLED = ["-c", "from compass_action.__main__ import console; console()"]
"""What a package that pip has installed has in its place: its Python finds the program by itself."""

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
COMPONENTS = {
    name: f"ari:cloud:compass:{CLOUD}:component/30307f94-33fc-4613-b40d-651fee166c5e/{uuid}"
    for name, uuid in {
        "shop": "c34578a8-98c2-43e3-8b47-ee9b4fe598e4",
        "billing": "7d0f2a51-66b1-4c0e-9a43-0b1d5c8e2f67",
        "search": "e91b6c3d-2f84-4a7b-b5d0-93c7a1f84e20",
        "ledger": "0b7c5d21-9e43-4f68-a1d2-6c8e7f905b34",
    }.items()
}


def main(argv: Sequence[str]) -> int:
    """Play all scenes, show the feed; 0 if it is what it must be, 1 if not, 2 for arguments.

    With `--keep` the sandbox and its page stay until a signal ends them.
    """
    keep = list(argv) == ["--keep"]
    if argv and not keep:
        print("compass-event demo takes no argument but --keep.", file=sys.stderr)
        return 2
    began = time.monotonic()
    scenes = json.loads((HERE / "scenes.json").read_text())
    expected = json.loads((HERE / "feed.json").read_text())
    names = {ari: name for name, ari in COMPONENTS.items()}
    with keeping.sandbox(names, keep=keep) as sandbox, tempfile.TemporaryDirectory() as folder:
        facts = _facts(Path(folder), sandbox.url)
        commit = _last_commit()
        if commit is None:
            print("No git checkout here: its build is left out.")
            scenes = [scene for scene in scenes if not scene.get("checkout")]
            expected = [event for event in expected if not event.get("checkout")]
        print(f"A stand-in for Compass listens at {sandbox.url}")
        print("Nothing leaves this machine.\n", flush=True)
        for scene in scenes:
            print(f"» {scene['says']}", flush=True)
            told = _notify if "notification" in scene else _play
            if not told(scene, facts, commit):
                return 1
        feed = sandbox.feed()
        print("\nWhat Compass would show now:\n")
        print(table.feed(feed["events"], COMPONENTS))
        print("\nAnd what it would derive from that:\n")
        print(table.metrics(sandbox.metrics(), COMPONENTS))
        print()
        wrong = list(mismatches(feed, expected, COMPONENTS))
        wrong += [f"{problem.says}." for problem in sandbox.problems(ended=True)]
        for sentence in wrong:
            print(f"Wrong: {sentence}")
        seconds = time.monotonic() - began
        sent = len(scenes)
        print(
            f"{sent} requests, {len(feed['events'])} events, {seconds:.1f} s: "
            + ("the feed is NOT what it must be." if wrong else "the feed is what it must be.")
        )
        keeping.stay(sandbox.url, keep=keep)
    return 1 if wrong else 0


def _facts(folder: Path, url: str) -> dict[str, str]:
    """Lay out a runner's folders, and name what the recorded environments leave open."""
    (folder / "workspace").mkdir()
    (folder / "workspace" / "compass.yml").write_text(f"name: shop\nid: {COMPONENTS['shop']}\n")
    now = datetime.now(UTC)
    ago = {"ten": 10, "two": 2, "one": 1}
    began = now - timedelta(minutes=1)
    return {
        "cloud": CLOUD,
        "ledger_id": COMPONENTS["ledger"].rpartition("/")[2],
        "now": _time(now),
        "now_ms": str(int(now.timestamp() * 1000)),
        "one_minute_ago_ms": str(int(began.timestamp() * 1000)),
        "folder": str(folder),
        "url": url,
        "token": "a-token-of-the-demo",
        **COMPONENTS,
        **{
            f"{word}_minute{'s' * (count > 1)}_ago": _time(now - timedelta(minutes=count))
            for word, count in ago.items()
        },
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _play(
    scene: Mapping[str, Any], facts: Mapping[str, str], commit: tuple[str, str] | None
) -> bool:
    """Run the entrypoint once, as the host would; show what it says."""
    if commit and scene.get("checkout"):
        arguments, env = _checkout_arguments(commit, facts), {}
    else:
        arguments = scene.get("arguments", [])
        env = dict(_read_env(HERE / f"{scene['env']}.env", facts))
        env |= {name: value.format(**facts) for name, value in scene["set"].items()}
        if arguments == ["post"]:  # the runner hands what the main stage saved to the post stage
            env["STATE_" + tracking.NAME] = _saved_state(Path(env["GITHUB_STATE"]))
    env |= {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    program = [str(ENTRYPOINT)] if ENTRYPOINT.exists() else INSTALLED
    process = subprocess.run(
        [sys.executable, "-I", *program, *arguments],
        env=env,
        cwd=facts["folder"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    for line in table.wrapped(process.stdout + process.stderr, COMPONENTS):
        print(line)
    if process.returncode:
        print(f"Wrong: it ended with exit code {process.returncode}.")
    return process.returncode == 0


def _notify(scene: Mapping[str, Any], facts: Mapping[str, str], _: tuple[str, str] | None) -> bool:
    """Post a body as another program would that has no container: what a template made of facts."""
    import requests  # the other scenes' processes do the sending

    body = _fill(json.loads((HERE / f"{scene['notification']}.json").read_text()), facts)
    url = facts["url"] + "/compass/v1/events"
    account = ("robot@acme.example", facts["token"])
    answered = requests.post(url, json=body, auth=account, timeout=10)
    print(f"{table.INDENT}POST /compass/v1/events: HTTP {answered.status_code}")
    return answered.status_code == 202


def _fill(value: Any, facts: Mapping[str, str], key: str = "") -> Any:
    """Fill in the facts; what is a number in the API is one here."""
    if isinstance(value, dict):
        return {name: _fill(held, facts, name) for name, held in value.items()}
    text = value.format(**facts)
    return int(text) if key.endswith("Number") else text


def _read_env(path: Path, facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name, value.format(**facts)


def _saved_state(file: Path) -> str:
    """Take the value of the newest pair in GITHUB_STATE: name and delimiter, value, delimiter."""
    return file.read_text().splitlines()[-2]


def _last_commit() -> tuple[str, str] | None:
    """Read the hash and the time of the last commit of the current folder's checkout, if it is one."""
    try:
        told = subprocess.run(
            ["git", "log", "-1", "--format=%H %cI"],  # noqa: S607 - git is where PATH has it
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    commit, moment = told.stdout.split()
    return commit, moment


def _checkout_arguments(commit: tuple[str, str], facts: Mapping[str, str]) -> list[str]:
    """Ask for a build by inputs alone, as where no CI system is known."""
    sha, moment = commit
    inputs = {
        "component-id": facts["shop"],
        "event-type": "build",
        "state": "success",
        "display-name": f"Commit {sha[:7]} of this checkout",
        "description": f"Built at {sha[:7]}, committed {moment}",
        "url": f"https://git.acme.example/shop/commits/{sha}",
        "pipeline-id": f"git.acme.example/shop/commits/{sha}",
        "external-event-source-id": "https://git.acme.example/shop",
        "started-at": facts["one_minute_ago"],
        "email": "robot@acme.example",
        "api-token": facts["token"],
        "api-url": facts["url"],
    }
    return [word for name, value in inputs.items() for word in (f"--{name}", value)]
