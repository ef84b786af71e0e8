"""Plays Jenkinsfiles under Groovy, against stubs of the steps our library uses (`stubs/`)."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
LIBRARY = ROOT / "surfaces" / "jenkins"
ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)

# What Jenkins tells an agent, and what is given for all jobs of a folder.
ENVIRONMENT = {
    "BUILD_NUMBER": "218",
    "BUILD_TAG": "jenkins-shop-main-218",
    "BUILD_URL": "https://jenkins.acme.example/job/shop/job/main/218/",
    "JENKINS_HOME": "/var/jenkins_home",
    "JENKINS_URL": "https://jenkins.acme.example/",
    "JOB_NAME": "shop/main",
    "GIT_COMMIT": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    "GIT_PASSWORD": "never-for-a-container",
    "COMPASS_COMPONENT_ID": ARI,
    "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "https://git.acme.example/acme/shop",
    "COMPASS_PIPELINE_ID": "jenkins.acme.example/job/shop/job/main",
    "COMPASS_SEQUENCE_NUMBER": "218",
    "COMPASS_URL": "https://jenkins.acme.example/job/shop/job/main/218/",
}


class Build(NamedTuple):
    """What became of a build."""

    result: str
    thrown: str | None
    log: list[str]


def java_home() -> str:
    """Debian's groovy does not look for Java itself."""
    return str(next(Path("/usr/lib/jvm").glob("*-17-*"), Path("/usr/lib/jvm/default-java")))


def play(jenkinsfile: Path, workspace: Path, api_url: str, *programs: str) -> Build:
    """Play a Jenkinsfile on an agent that has `programs`: `compass-event`, `docker`."""
    path = workspace.parent / "bin"
    path.mkdir(exist_ok=True)
    for name in programs:
        write_program(path / name, (HERE / "programs" / f"{name}.sh").read_text())
    env = ENVIRONMENT | {
        "PATH": f"{path}:{os.environ['PATH']}",
        "JAVA_HOME": java_home(),
        "COMPASS_API_URL": api_url,
        "PROGRAM": f"{sys.executable} {ROOT / 'entrypoint.py'}",
    }
    stubs = HERE / "stubs"
    done = subprocess.run(
        ["groovy", "-cp", stubs, stubs / "jenkins.groovy", jenkinsfile, LIBRARY, workspace],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Build(**last)


def write_program(path: Path, text: str) -> None:
    """Write an executable script."""
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
