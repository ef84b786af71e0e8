"""What is no comparison of processes: the sandbox under load, the image's size, a fleet of jobs."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fleet import SCENARIOS, typical
from benchmarks.jobs import EVENTS, PYTHON, body

Figure = tuple[str, str]
"""What, and how much of it."""


def sandbox(checkout: Path) -> Iterator[Figure]:
    """10,000 events on one connection: the rate, and the server's peak memory."""
    command = [
        PYTHON,
        "-I",
        str(checkout / "entrypoint.py"),
        "sandbox",
        "--port=0",
        "--rate-limit=0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout  # noqa: S101 - a pipe
        port = int(re.findall(r":(\d+)", server.stdout.readline())[0])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {
            "Authorization": "Basic YWRhQGFjbWUuZXhhbXBsZTptYWRlLXVw",
            "Content-Type": "application/json",
        }
        event = json.loads(body())
        pipeline = event["event"]["build"]["buildProperties"]["pipeline"]
        start = time.perf_counter()
        for number in range(10_000):
            pipeline["pipelineId"] = f"github.com/acme/shop/runs/{number}"
            connection.request("POST", EVENTS, json.dumps(event), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 202:
                raise RuntimeError(f"the sandbox answered {answer.status}")
        seconds = time.perf_counter() - start
        status = Path(f"/proc/{server.pid}/status").read_text()
        server.terminate()
    yield "sandbox: events a second, on one connection", f"{10_000 / seconds:,.0f}"
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
    yield "sandbox: peak memory with 10,000 events", f"{peak / 1024:.0f} MiB"


def image_size() -> Iterator[Figure]:
    """The layers as a registry keeps them; nothing where there is no image."""
    name = os.environ.get("IMAGE", "compass-event:ci")
    if not shutil.which("podman") or subprocess.run(["podman", "image", "exists", name]).returncode:
        return
    with tempfile.NamedTemporaryFile() as file:
        save = ["podman", "save", "--quiet", "--format=docker-archive", name]
        subprocess.run(save, stdout=file, check=True)
        with tarfile.open(file.name) as saved:
            manifest = saved.extractfile("manifest.json")
            assert manifest  # noqa: S101 - a file
            compressed = 0
            for layer in json.load(manifest)[0]["Layers"]:
                data = saved.extractfile(layer)
                assert data  # noqa: S101 - a file
                compressed += len(gzip.compress(data.read(), 6))
    yield "image: all layers, compressed", f"{compressed / 1e6:.1f} MB"


def fleet() -> Iterator[Figure]:
    """A fleet on one token: `fleet.py` has all scenarios."""
    for scenario in SCENARIOS[:2]:
        outcome = typical(scenario)
        requests = outcome.requests / max(outcome.accepted, 1)
        yield (
            f"fleet: {scenario.name}, {scenario.budget:.0f} s each, requests for each accepted event",
            f"{requests:.2f} (at least {outcome.bound:.2f})",
        )
