"""One cell of the matrix: the whole program against one fault.

It runs in a process of its own (see matrix.py), where standard output can be taken for the cell.
"""

from __future__ import annotations

import io
import json
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from compass_action import main as program
from compass_action.sandbox import Sandbox, running_sandbox
from tests.faults.certificates import write_bundle
from tests.faults.places import closed_port, full_backlog, running_proxy
from tests.faults.server import running_adversary
from tests.github_runner import parse_pairs

FAULTS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("faults.json").read_text())
EMAIL, TOKEN = "ada@acme.example", "ATATT3x-a/made+up_token=1A2B3C4D"
CLOUD = "0f1e2d3c-1111-4222-8333-444455556666"
COMPONENTS = tuple(
    f"ari:cloud:compass:{CLOUD}:component/{CLOUD}/00000000-0000-4000-8000-00000000000{n}"
    for n in range(3)
)
DEFAULT_TIMEOUT = 2
JOB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/ci.yml@refs/heads/main",
    "GITHUB_RUN_ID": "7421",
    "GITHUB_RUN_NUMBER": "7",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_JOB": "test",
    "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
}


class Cell(NamedTuple):
    """What is tried."""

    fault: Mapping[str, Any]
    on_error: str
    components: int

    @property
    def name(self) -> str:
        return f"{self.fault['name']} / {self.on_error} / {self.components}"

    @property
    def timeout(self) -> int:
        return int(self.fault.get("timeout", DEFAULT_TIMEOUT))


@dataclass(frozen=True)
class Result:
    """What came of it."""

    code: int
    outcome: str
    outputs: Mapping[str, str]
    said: str
    seconds: float
    requests: int
    """Those that reached the adversary."""
    stored: Mapping[str, int]
    """By component, how often an event was taken into the feed."""
    spooled: int
    """Lines in the outbox."""
    files: Mapping[str, str] = field(repr=False, default_factory=dict)
    """All that was written, by the file's name."""


def run(cell: Cell) -> Result:
    """Play one cell."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        known = COMPONENTS[1:] if cell.fault.get("unknown_component") else None
        sandbox = stack.enter_context(running_sandbox(components=known))
        env, adversary = stack.enter_context(_surroundings(cell, folder, sandbox))
        said = io.StringIO()
        stack.enter_context(redirect_stdout(said))
        start = time.monotonic()
        code = program.main([], env)
        seconds = time.monotonic() - start
        files = {file.name: file.read_text() for file in sorted(folder.glob("*.*"))}
        outputs = parse_pairs(files["output.txt"].encode())
        stored = {
            event["component_id"]: sum(h["verdict"] != "ignored" for h in event["history"])
            for event in sandbox.feed()["events"]
        }
        return Result(
            code,
            outputs["outcome"],
            outputs,
            said.getvalue(),
            seconds,
            adversary.requests if adversary else 0,
            stored,
            len(files.get("outbox.jsonl", "").splitlines()),
            files,
        )


@contextmanager
def _surroundings(
    cell: Cell, folder: Path, sandbox: Sandbox
) -> Iterator[tuple[dict[str, str], Any]]:
    """Build what the fault needs, and the environment that leads there."""
    fault = cell.fault
    env = JOB | {name: str(folder / file) for name, file in FILES.items()}
    env |= {
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "COMPASS_COMPONENT_ID": ",".join(COMPONENTS[: cell.components]),
        "COMPASS_STATE": "success",
        "COMPASS_TIMEOUT": str(cell.timeout),
        "COMPASS_ON_ERROR": cell.on_error,
        "COMPASS_OUTBOX": str(folder / "outbox.jsonl"),
        "COMPASS_DEBUG": "true",
        "SSL_CERT_FILE": str(_ca_file(fault.get("ca"), folder)),
    }
    with ExitStack() as stack:
        adversary = None
        if fault.get("place") == "unresolvable":
            env["COMPASS_API_URL"] = "https://compass-event.invalid"
        elif "place" in fault:
            place = {"closed-port": closed_port, "full-backlog": full_backlog}[fault["place"]]
            env["COMPASS_API_URL"] = f"http://127.0.0.1:{stack.enter_context(place())}"
        else:
            adversary = stack.enter_context(running_adversary(fault, sandbox.server_port))
            scheme = "https" if "tls" in fault or "tls_client" in fault else "http"
            env["COMPASS_API_URL"] = f"{scheme}://127.0.0.1:{adversary.port}"
        if "proxy" in fault:
            opened = (
                stack.enter_context(closed_port())
                if fault["proxy"] == "down"
                else stack.enter_context(running_proxy(fault["proxy"])).port
            )
            env["HTTPS_PROXY"] = f"http://user:pass@127.0.0.1:{opened}"
        yield env, adversary


FILES = {
    "GITHUB_OUTPUT": "output.txt",
    "GITHUB_STATE": "state.txt",
    "GITHUB_STEP_SUMMARY": "summary.md",
}


def _ca_file(kind: str | None, folder: Path) -> Path:
    if kind == "missing":
        return folder / "nowhere.pem"
    if kind == "empty":
        path = folder / "empty.pem"
        path.write_text("-----BEGIN CERTIFICATE-----\n")
        return path
    return write_bundle(folder)


def no_name_server(host: str, *rest: Any, **more: Any) -> Any:
    """Answer for names under .invalid as name servers do (RFC 6761), without asking one."""
    if str(host).endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return REAL_LOOKUP(host, *rest, **more)


REAL_LOOKUP = socket.getaddrinfo
