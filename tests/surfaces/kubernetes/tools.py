"""Helm and kubectl, as `.ci/kubernetes/install.sh` puts them there."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
TOOLS = ROOT / ".ci" / "kubernetes"
SURFACES = ROOT / "surfaces"


def run(*command: str | Path, stdin: str = "") -> str:
    """The output of a command that has to succeed."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kustomize(folder: Path) -> list[dict[str, Any]]:
    """What `kubectl apply --kustomize` would apply."""
    built = run(TOOLS / "bin/kubectl/kubectl", "kustomize", folder)
    return list(yaml.safe_load_all(built))


def helm_template(chart: Path, *options: str, values: str) -> list[dict[str, Any]]:
    """What Helm makes of a chart, as Argo CD has it made."""
    built = run(TOOLS / "bin/helm/helm", "template", "shop", chart, *options, stdin=values)
    return [document for document in yaml.safe_load_all(built) if document]
