"""The one list of inputs, on the surfaces of all systems: no name of theirs is unknown to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from compass_action.inputs import INPUTS

SURFACES = Path(__file__).parents[2] / "surfaces"
NAMES = [row.name for row in INPUTS]


def read_notifications() -> list[str]:
    """The annotations that Argo CD's template reads; it takes no others."""
    manifest = (SURFACES / "argo-cd-notifications" / "argocd-notifications-cm.yaml").read_text()
    found = re.search(r"\$inputs := list ([^}]*)\}\}", manifest)
    assert found
    return re.findall(r'"([^"]+)"', found[1])


def read_chart() -> list[str]:
    """What Helm's own schema of the values lets through."""
    schema = json.loads((SURFACES / "argo-cd" / "helm" / "values.schema.json").read_text())
    assert schema["properties"]["inputs"]["additionalProperties"] is False
    return list(schema["properties"]["inputs"]["properties"])


def read_jenkins() -> list[str]:
    """What the shared library takes; the token comes from Jenkins's credentials alone."""
    library = (SURFACES / "jenkins" / "vars" / "compassEvent.groovy").read_text()
    found = re.search(r"INPUTS = \[([^]]*)\]", library)
    assert found
    return re.findall(r"'([^']+)'", found[1])


READERS: dict[str, Callable[[], list[str]]] = {
    "argo-cd": read_chart,
    "argo-cd-notifications": read_notifications,
    "jenkins": read_jenkins,
}


@pytest.mark.parametrize("surface", READERS)
def test_a_surface_names_inputs_in_the_order_of_the_list(surface: str) -> None:
    named = READERS[surface]()
    assert named
    assert named == [name for name in NAMES if name in named]


def test_an_application_of_argo_cd_gives_known_inputs() -> None:
    example = yaml.safe_load((SURFACES / "argo-cd-notifications" / "application.yaml").read_text())
    given = [key.partition("/") for key in example["metadata"]["annotations"]]
    assert [name for prefix, _, name in given if prefix == "compass-event"] == ["environment"]


def test_helm_and_kustomize_run_the_same_script() -> None:
    """Neither takes a file from outside its own folder."""
    one, other = (SURFACES / "argo-cd" / kind / "report.py" for kind in ("helm", "kustomize"))
    assert one.read_text() == other.read_text()
