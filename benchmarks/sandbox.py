"""The sandbox under load: requests a second, memory, and how fast the page is with many events.

    python benchmarks/sandbox.py [EVENTS]

The sandbox runs in a process of its own; four connections send EVENTS (10,000) different builds and
deployments of twenty components to it as fast as it takes them. With a file, `--store`, the same.
"""

from __future__ import annotations

import base64
import copy
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "events" / "valid"
CONNECTIONS = 4
COMPONENTS = 20
AUTH = {"Authorization": "Basic " + base64.b64encode(b"ada@example.com:token").decode()}
HTML = {"Accept": "text/html"}
ASKED: list[tuple[str, dict[str, str]]] = [
    ("/activity", {}),
    ("/metrics.json", {}),
    ("/problems", {}),
    ("/", HTML),
    ("/metrics", HTML),
]


def main(count: int) -> None:
    """Print one table: the store in memory, and in a file."""
    with tempfile.TemporaryDirectory() as folder:
        columns = []
        for options in ([], [f"--store={folder}/sandbox.db"]):
            with sandbox(*options) as (port, pid):
                columns.append(dict(measure(port, pid, count)))
    lines = [f"| {count} events | in memory | in a file |", "| --- | ---: | ---: |"]
    lines += [f"| {what} | {columns[0][what]} | {columns[1][what]} |" for what in columns[0]]
    sys.stdout.write("\n".join(lines) + "\n")


def measure(port: int, pid: int, count: int) -> Iterator[tuple[str, str]]:
    """What is measured, and how it turned out."""
    yield "memory at rest", f"{memory(pid):.1f} MB"
    bodies = list(events(count))
    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = [bodies[number::CONNECTIONS] for number in range(CONNECTIONS)]
        list(pool.map(lambda part: send(port, part), parts))
    yield "accepted", f"{count / (time.monotonic() - began):.0f} a second"
    yield "memory then", f"{memory(pid):.1f} MB"
    for path, headers in ASKED:
        took, size = ask(port, path, headers)
        page = " as a page" if headers else ""
        yield f"`GET {path}`{page}", f"{took * 1000:.0f} ms, {size / 1000:.0f} kB"
    yield "memory at most", f"{memory(pid, 'VmHWM'):.1f} MB"


@contextmanager
def sandbox(*options: str) -> Iterator[tuple[int, int]]:
    """A sandbox in a process of its own: its port and process id."""
    command = [sys.executable, "entrypoint.py", "sandbox", "--port=0", "--rate-limit=0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        found = re.search(r":(\d+)", process.stdout.readline())
        assert found is not None  # noqa: S101 - the first line names the address
        try:
            yield int(found[1]), process.pid
        finally:
            process.terminate()


def events(count: int) -> Iterator[bytes]:
    """Different builds and deployments, of twenty components in turn."""
    samples = [
        json.loads((SAMPLES / f"{name}-full.json").read_text()) for name in ("build", "deployment")
    ]
    for number in range(count):
        document: dict[str, Any] = copy.deepcopy(samples[number % 2])
        [(kind, event)] = document["event"].items()
        component = f"{number % COMPONENTS:012x}"
        document["componentId"] = document["componentId"][:-12] + component
        event["externalEventSourceId"] += f"#{component}"
        event[f"{kind}Properties"]["pipeline"]["pipelineId"] += f"/{number}"
        yield json.dumps(document).encode()


def send(port: int, bodies: list[bytes]) -> None:
    """Send over one kept-alive connection; all must be accepted."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for body in bodies:
        connection.request("POST", "/compass/v1/events", body, AUTH)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 202:
            sys.exit(f"a request was answered {answer.status}")


def ask(port: int, path: str, headers: dict[str, str]) -> tuple[float, int]:
    """The median seconds of five requests, and the answer's bytes."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path, headers=headers)
        size = len(connection.getresponse().read())
        times.append(time.monotonic() - began)
    return sorted(times)[2], size


def memory(pid: int, what: str = "VmRSS") -> float:
    """Megabytes that a process holds, as Linux tells them."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
