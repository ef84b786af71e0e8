"""The version that the surfaces name is the package's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compass_action

SURFACES = Path(__file__).parents[2] / "surfaces"
FILES = sorted(path for path in SURFACES.rglob("*") if path.is_file() and path.suffix != ".pyc")
VERSION = re.compile(
    r"(?:compass-event(?:==|[@:]v?|#v)|[?]ref=v|^(?:app)?[vV]ersion: )(\d+\.\d+\.\d+)",
    re.MULTILINE,
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SURFACES)))
def test_a_surface_names_the_version_of_the_package(path: Path) -> None:
    """Images, libraries, references of git, Helm's chart: all are released together."""
    assert set(VERSION.findall(path.read_text())) <= {compass_action.__version__}


def test_versions_are_found() -> None:
    """Else the test above could not fail."""
    found = {path.parent.name for path in FILES if VERSION.search(path.read_text())}
    assert {"helm", "kustomize", "compass-event", "argo-cd-notifications"} <= found
