"""Which variables each system's surfaces set: elsewhere what looks like them is nobody's."""

from __future__ import annotations

import pytest

from compass_action.ci import SYSTEMS
from tests.recorded import TESTS

ROOT = TESTS.parent
SET = {
    "github": ({"INPUT_"}, True),
    "gitea": ({"INPUT_"}, True),
    "forgejo": ({"INPUT_"}, True),
    "gitlab": ({"INPUT_"}, False),
    "azure": ({"INPUT_"}, False),
    "circleci": ({"INPUT_"}, False),
    "teamcity": ({"INPUT_"}, False),
    "tekton": ({"INPUT_"}, False),
    "drone": ({"PLUGIN_"}, False),
    "woodpecker": ({"PLUGIN_"}, False),
    "harness": ({"PLUGIN_"}, False),
}
FOLDERS = {"azure": "azure-pipelines", "cloudbuild": "cloud-build", "argocd": "argo-cd"}


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_says_what_its_surfaces_set(name: str) -> None:
    found = SYSTEMS[name].surfaces
    assert (set(found.prefixes), found.keep_hyphens) == SET.get(name, (set(), False))


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_surface_of_ours_sets_inputs_only_where_the_system_says_so(name: str) -> None:
    folder = ROOT / "surfaces" / FOLDERS.get(name, name)
    files = [one for one in folder.rglob("*") if one.is_file()] if folder.is_dir() else []
    if name == "gitlab":
        files = [ROOT / "templates" / "compass-event.yml"]
    hands_over = any("INPUT_SITE" in one.read_text("utf-8") for one in files)
    assert not files or hands_over == (name in SET)
