"""The one list of inputs, on the surfaces of all systems: no name of theirs is unknown to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from compass_action.inputs.table import INPUTS
from surfaces import write_inputs

SURFACES = Path(__file__).parents[2] / "surfaces"
NAMES = [row.name for row in INPUTS]


def read(path: str) -> Any:
    return yaml.safe_load((SURFACES / path).read_text())


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


def read_orb() -> list[str]:
    """The parameters of both commands."""
    commands = read("circleci/orb.yml")["commands"]
    assert commands["begin"]["parameters"] == commands["end"]["parameters"]
    return [name for name in commands["begin"]["parameters"] if name != "image"]


def read_azure() -> list[str]:
    """The template's parameters, in whose names Azure takes no hyphen."""
    names = [row["name"] for row in read("azure-pipelines/compass-event.yml")["parameters"]]
    return [name.replace("_", "-") for name in names if name not in ("steps", "image")]


def read_buildkite() -> list[str]:
    """What the plugin's schema takes, beside the image."""
    configuration = read("buildkite/compass-event/plugin.yml")["configuration"]
    assert configuration["additionalProperties"] is False
    return [name for name in configuration["properties"] if name != "image"]


def read_tekton() -> list[str]:
    """The task's parameters."""
    names = [row["name"] for row in read("tekton/compass-event.yaml")["spec"]["params"]]
    return [name for name in names if name not in ("image", "secret", "record")]


def read_teamcity() -> list[str]:
    """The meta-runner's parameters, as they are labelled."""
    runner = (SURFACES / "teamcity" / "CompassEvent.xml").read_text()
    labels = re.findall(r"label='([\w-]+)'", runner)
    return [name for name in labels if name not in ("image", "email", "api-token")]


def read_jenkins() -> list[str]:
    """What the shared library takes; the token comes from Jenkins's credentials alone."""
    library = (SURFACES / "jenkins" / "vars" / "compassEvent.groovy").read_text()
    found = re.search(r"INPUTS = \[([^]]*)\]", library)
    assert found
    return re.findall(r"'([^']+)'", found[1])


READERS: dict[str, Callable[[], list[str]]] = {
    "argo-cd": read_chart,
    "argo-cd-notifications": read_notifications,
    "azure-pipelines": read_azure,
    "buildkite": read_buildkite,
    "circleci": read_orb,
    "jenkins": read_jenkins,
    "teamcity": read_teamcity,
    "tekton": read_tekton,
}


# What a surface does not have of the list, and why.
RUNNER = {"job-status", "job-index", "job-total", "check-run-id", "workflow-ref"}
STORED = {"email", "api-token"}  # secrets of the host's own store
TOLD = {
    *("state", "started-at", "completed-at", "last-updated"),  # the surface knows them
    *("update-sequence-number", "track"),  # the begin and the end are its own
}
MISSING = {
    "argo-cd": RUNNER | STORED | TOLD,
    "argo-cd-notifications": set(NAMES)
    - {
        *("display-name", "description", "url", "external-event-source-id"),
        *("environment", "environment-id", "environment-category"),
        *("pipeline-id", "pipeline-name", "pipeline-url"),
    },  # a webhook renders a body, and has no program to tell
    "azure-pipelines": RUNNER | STORED | TOLD,
    "buildkite": RUNNER | STORED | TOLD,
    "circleci": RUNNER | STORED | TOLD,
    "jenkins": RUNNER | STORED | {"track"},
    "teamcity": RUNNER | STORED | TOLD - {"state"},
    "tekton": RUNNER | STORED | {"track"},
}
# Of the program and not of an event: not said where an event is, or kept by the surface itself.
ELSEWHERE = {"record", "host-token"}


@pytest.mark.parametrize("surface", READERS)
def test_a_surface_has_the_inputs_of_the_list_in_its_order(surface: str) -> None:
    """`make surfaces` writes them where one is missing."""
    left_out = MISSING[surface] | ELSEWHERE
    assert READERS[surface]() == [name for name in NAMES if name not in left_out]


def test_the_lists_in_the_surfaces_are_as_they_are_written() -> None:
    """Names, texts and what is handed on: `make surfaces` has nothing to change."""
    written = list(write_inputs.files())
    assert len(written) == 7
    for path in written:
        assert write_inputs.write(path.read_text()) == path.read_text(), path


def test_an_application_of_argo_cd_gives_known_inputs() -> None:
    example = yaml.safe_load((SURFACES / "argo-cd-notifications" / "application.yaml").read_text())
    given = [key.partition("/") for key in example["metadata"]["annotations"]]
    assert [name for prefix, _, name in given if prefix == "compass-event"] == ["environment"]


def test_helm_and_kustomize_run_the_same_script() -> None:
    """Neither takes a file from outside its own folder."""
    one, other = (SURFACES / "argo-cd" / kind / "report.py" for kind in ("helm", "kustomize"))
    assert one.read_text() == other.read_text()
