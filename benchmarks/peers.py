"""Other programs that report something from a pipeline, each sending one request to the same server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.comparing import Run


class Peer(NamedTuple):
    """A program, and how it is run."""

    pip: str
    """The package that has it; of the two one is empty."""
    npm: str
    command: Callable[[Path, str], list[str]]
    """Its command line: takes the folder it was installed in, and the server's URL."""
    env: Callable[[str], Mapping[str, str]] = lambda url: {}


PIPE = """
import sys, requests
from bitbucket_pipes_toolkit import Pipe

class Reporter(Pipe):
    def run(self):
        super().run()
        requests.post(self.get_variable("URL"), json={"state": "SUCCESSFUL"}).raise_for_status()
        self.success("accepted")

Reporter(schema={"URL": {"type": "string", "required": True}}, check_for_newer_version=False).run()
"""
DEPLOY = "deploys add --tag shop --title 7 --type DEPLOY --sha 0123456 --email ada@acme.example"

PEERS: Mapping[str, Peer] = {
    "a pipe on Atlassian's toolkit": Peer(
        "bitbucket-pipes-toolkit",
        "",
        lambda folder, url: [str(folder / "bin" / "python"), "-c", PIPE],
        lambda url: {"URL": url},
    ),
    "cortex deploys add": Peer(
        "cortexapps-cli",
        "",
        lambda folder, url: [
            str(folder / "bin" / "cortex"),
            "-k",
            "made-up",
            "-u",
            url,
            *DEPLOY.split(),
        ],
    ),
    "sentry-cli send-event": Peer(
        "",
        "@sentry/cli",
        lambda folder, url: [str(folder / "node_modules/.bin/sentry-cli"), "send-event", "-m", "7"],
        lambda url: {"SENTRY_DSN": url.replace("//", "//key@") + "/1"},
    ),
    "datadog-ci version, sending nothing": Peer(
        "",
        "@datadog/datadog-ci",
        lambda folder, url: [str(folder / "node_modules/.bin/datadog-ci"), "version"],
    ),
}


def install(folder: Path) -> None:
    """Install all of them into a folder: Python's in an environment of their own, and Node's."""
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    packages = [peer.pip for peer in PEERS.values() if peer.pip]
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
    npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*npm, *(peer.npm for peer in PEERS.values() if peer.npm)], check=True)


def runs(folder: Path, url: str) -> dict[str, Run]:
    """What is to be measured, of an installed folder."""
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return {
        name: Run(peer.command(folder, url), surroundings | dict(peer.env(url)))
        for name, peer in PEERS.items()
    }
