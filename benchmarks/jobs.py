"""What is measured: whole commands, in the surroundings of a job."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks import peers
from benchmarks.comparing import Comparison, Run, compare
from benchmarks.compass import accepting

PYTHON = sys.executable
"""The interpreter itself: a version manager's shim would cost as much as the program."""
SITE = "0f1e2d3c-1111-4222-8333-444455556666"
COMPONENTS = [
    f"ari:cloud:compass:{SITE}:component/{SITE}/00000000-0000-4000-8000-{number:012}"
    for number in range(1, 101)
]
JOB = {
    "PATH": os.environ["PATH"],
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/ci.yml@refs/heads/main",
    "GITHUB_RUN_ID": "7421",
    "GITHUB_RUN_NUMBER": "7",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_JOB": "test",
    "GITHUB_WORKSPACE": str(Path(__file__).parents[1]),
    "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
    "COMPASS_EMAIL": "ada@acme.example",
    "COMPASS_API_TOKEN": "made-up-token",
    "COMPASS_STATE": "success",
    "COMPASS_STARTED_AT": f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
    "COMPASS_COMPONENT_ID": COMPONENTS[0],
    "COMPASS_ON_ERROR": "fail",
}
FLOOR = "python -c pass"
REQUESTS = "import requests"
EVENTS = "/compass/v1/events"


class Plan(NamedTuple):
    """How a group of comparisons is to be made."""

    checkouts: Mapping[str, Path]
    """The versions of ours to be measured, by what is added to the names of their rows."""
    rounds: int
    folder: Path
    """An empty one."""
    peers: Path | None = None
    """Where other reporters are installed."""


def body(component: str = COMPONENTS[0]) -> str:
    """A request, as curl and an outbox have it."""
    now = datetime.now(UTC)
    event = {
        "displayName": "CI / test #7",
        "description": "CI",
        "url": "https://github.com/acme/shop/actions/runs/7421",
        "externalEventSourceId": "https://github.com/acme/shop",
        "lastUpdated": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "updateSequenceNumber": int(now.timestamp() * 1000),
        "buildProperties": {
            "pipeline": {
                "pipelineId": "github.com/acme/shop/runs/7421",
                "url": "https://github.com/acme/shop/actions/runs/7421",
                "displayName": "CI / test",
            },
            "state": "SUCCESSFUL",
            "startedAt": f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
            "completedAt": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        },
    }
    return json.dumps({"cloudId": SITE, "componentId": component, "event": {"build": event}})


def _event(checkout: Path, *arguments: str, **inputs: str) -> Run:
    env = JOB | {f"COMPASS_{name}": value for name, value in inputs.items()}
    return Run([PYTHON, "-I", str(checkout / "entrypoint.py"), *arguments], env)


def _curl(url: str, *options: str) -> Run:
    common = ("--silent", "--fail", "--user", "ada@acme.example:made-up-token")
    data = ("--header", "Content-Type: application/json", "--data", body())
    return Run(["curl", *common, *data, *options, url + EVENTS], {"PATH": os.environ["PATH"]})


def _post(url: str, **options: str) -> Run:
    """What the HTTP library needs for the request alone."""
    program = (
        f"import requests; requests.post({url + EVENTS!r}, {body()!r}.encode(), **{options!r})"
    )
    return Run([PYTHON, "-c", program], {"PATH": os.environ["PATH"]})


def one_event(plan: Plan) -> Iterator[Comparison]:
    """One event, and other programs: the floor, the HTTP library, curl, and peers if wanted."""
    bare = {"PATH": os.environ["PATH"]}
    authority = plan.folder / "authority.pem"
    with ExitStack() as servers:
        http = servers.enter_context(accepting())
        tls = servers.enter_context(accepting(authority=authority))
        runs = {
            FLOOR: Run([PYTHON, "-c", "pass"], bare),
            REQUESTS: Run([PYTHON, "-c", "import requests"], bare),
            "requests.post, http": _post(http),
            "requests.post, TLS": _post(tls, verify=str(authority)),
            "curl, http": _curl(http),
            "curl, TLS": _curl(tls, "--cacert", str(authority)),
        }
        if plan.peers:
            runs |= peers.runs(plan.peers, http)
        for version, checkout in plan.checkouts.items():
            trusting = _event(checkout, API_URL=tls)
            env = {**trusting.env, "REQUESTS_CA_BUNDLE": str(authority)}
            runs |= {
                f"one event, http{version}": _event(checkout, API_URL=http),
                f"one event, TLS{version}": trusting._replace(env=env),
                f"one event without a start, http{version}": _event(
                    checkout, API_URL=http, STARTED_AT=""
                ),
                f"a dry run{version}": _event(checkout, DRY_RUN="true"),
            }
        yield from compare(
            runs, dict.fromkeys([r for r in runs if r != REQUESTS], REQUESTS), plan.rounds
        )


def many_components(plan: Plan) -> Iterator[Comparison]:
    """90 components, and a server that takes 100 ms for each request."""
    many = "\n".join(COMPONENTS[:90])
    with accepting(latency=0.1) as url:
        parallel = ("--parallel", "--parallel-max", "8", "--globoff")
        bodies = [option for _ in range(89) for option in ("--next", *_curl(url).command[1:])]
        alone = _curl(url, *parallel)
        curl = "curl --parallel, 8 connections"
        runs = {curl: alone._replace(command=[*alone.command, *bodies])}
        wanted: dict[str, str] = {}
        for version, checkout in plan.checkouts.items():
            name, one = f"90 components at 100 ms{version}", f"one component at 100 ms{version}"
            runs[name] = _event(checkout, API_URL=url, COMPONENT_ID=many)
            runs[one] = _event(checkout, API_URL=url)
            wanted |= {name: curl, one: curl}
        yield from compare(runs, wanted, plan.rounds)


def files(plan: Plan) -> Iterator[Comparison]:
    """100 components' files among 20,000 and 200,000 files of a checkout, in a dry run."""
    sizes = {"20,000": 200, "200,000": 2000}
    for size, folders in sizes.items():
        _write_checkout(plan.folder / size, folders)
    runs: dict[str, Run] = {}
    wanted: dict[str, str] = {}
    for version, checkout in plan.checkouts.items():
        dry = _event(checkout, DRY_RUN="true", COMPONENT_ID="")
        for size in sizes:
            env = {**dry.env, "GITHUB_WORKSPACE": str(plan.folder / size)}
            name, one = f"100 of {size} files{version}", f"one of {size} files, named{version}"
            found = {**env, "COMPASS_COMPONENT_FILE": "**/compass.yml"}
            named = {**env, "COMPASS_COMPONENT_FILE": "area-0/service-1/compass.yml"}
            runs |= {name: dry._replace(env=found), one: dry._replace(env=named)}
            wanted[name] = one
    yield from compare(runs, wanted, plan.rounds)


def _write_checkout(root: Path, folders: int) -> None:
    """Write a hundred files into each of so many folders; in a hundred of them one names a component."""
    for number in range(folders):
        place = root / f"area-{number // 20}" / f"service-{number}"
        place.mkdir(parents=True)
        for other in range(99):
            (place / f"module-{other}.py").touch()
        if number < 200 and number % 2:
            ari = COMPONENTS[number // 2]
            (place / "compass.yml").write_text(f"configVersion: 1\nname: shop\nid: {ari}\n")
        else:
            (place / "README.md").touch()


def replay(plan: Plan) -> Iterator[Comparison]:
    """A replay of 10,000 lines with a budget of two seconds, and one of a single line."""
    with accepting() as url:
        line = {"version": 1, "url": url + EVENTS, "event_type": "build", "body": body()}
        text = json.dumps(line | {"component_id": COMPONENTS[0]}) + "\n"
        full, short = plan.folder / "full.jsonl", plan.folder / "short.jsonl"
        full.write_text(text * 10_000)
        short.write_text(text)
        runs: dict[str, Run] = {}
        wanted: dict[str, str] = {}
        for version, checkout in plan.checkouts.items():
            outbox = plan.folder / "outbox.jsonl"
            name, one = f"replay of 10,000 lines in 2 s{version}", f"replay of one line{version}"
            run = _event(checkout, "replay", str(outbox), API_URL=url, TIMEOUT="2", ON_ERROR="warn")
            runs |= {
                name: run._replace(before=(outbox, full)),
                one: run._replace(before=(outbox, short)),
            }
            wanted[name] = one
        yield from compare(runs, wanted, plan.rounds)


def image(plan: Plan) -> Iterator[Comparison]:
    """One event in a fresh container, from start to accepted."""
    name = os.environ.get("IMAGE", "compass-event:ci")
    settings = Path(__file__).parents[1] / ".ci" / "containers.conf"
    env = {**os.environ, "CONTAINERS_CONF": str(settings)}
    with accepting() as url:
        start = ["podman", "run", "--rm", "--pull=never", "--network=host"]
        given = JOB | {"COMPASS_API_URL": url}
        del given["PATH"]
        inputs = [f"--env={key}={value}" for key, value in given.items()]
        runs = {
            "a container with python -c pass": Run(
                [*start, "--entrypoint=", name, "python", "-c", "pass"], env
            ),
            "a container with one event": Run([*start, *inputs, name], env),
        }
        ours, theirs = reversed(runs)
        yield from compare(runs, {ours: theirs}, plan.rounds)
