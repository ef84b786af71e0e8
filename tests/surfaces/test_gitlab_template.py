"""GitLab's template by the rules of its two documents; tests/gitlab runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from compass_action import __version__
from compass_action.inputs.table import BY_NAME, INPUTS
from tests.recorded import TESTS

TEMPLATE = TESTS.parent / "templates" / "compass-event.yml"
EXAMPLES = sorted((TESTS.parent / "examples" / "gitlab").glob("*.yml"))
SPEC: dict[str, Any]
JOBS: dict[str, Any]
SPEC, JOBS = yaml.safe_load_all(TEMPLATE.read_text())
DECLARED: dict[str, dict[str, Any]] = SPEC["spec"]["inputs"]

# https://docs.gitlab.com/ci/yaml/#specinputs
TYPES: dict[str, type] = {"string": str, "number": int, "boolean": bool, "array": list}
KEYWORDS = {"default", "description", "options", "regex", "type"}
OWN = {"report", "begin", "job", "only-if", "job-prefix", "stage", "image"}
RULES = {
    '"$[[ inputs.report ]]-$[[ inputs.begin ]]" == "pipeline-true" && ($[[ inputs.only-if ]])',
    '"$[[ inputs.report ]]" == "pipeline" && ($[[ inputs.only-if ]])',
    '"$[[ inputs.report ]]" == "job" && ($[[ inputs.only-if ]])',
}
REFERENCE = re.compile(r"\$\[\[\s*inputs\.([a-z-]+)\s*\]\]")

# What another run changes cannot be fixed when the template is included; secrets are never inputs; and
# what a build or deployment has no use for is none of the template's.
NOT_INPUTS = {"email", "api-token", "host-token", "event-id", "severity", "json"} | {
    "state", "started-at", "completed-at", "last-updated", "update-sequence-number",
    "sequence-number", "scope", "track", "ci", "commit", "ref", "record",
}  # fmt: skip


def strings(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a document, keys included, with the path to them."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield f"{path}/*", str(key)
            yield from strings(value, f"{path}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, f"{path}/-")
    elif isinstance(node, str):
        yield path, node


def test_it_has_an_input_for_all_that_can_be_fixed_beforehand() -> None:
    sensible = {row.name for row in INPUTS if row.group != "runner"} - NOT_INPUTS
    assert set(DECLARED) == sensible | OWN


@pytest.mark.parametrize("name", DECLARED)
def test_an_input_is_declared_by_gitlabs_rules(name: str) -> None:
    """Known keywords, a default of its type and among its options, and a description."""
    row = DECLARED[name]
    assert set(row) <= KEYWORDS
    assert {"default", "description"} <= set(row)
    assert type(row["default"]) is TYPES[row.get("type", "string")]
    assert row["default"] in row.get("options", [row["default"]])
    assert re.fullmatch(row.get("regex", ".*"), str(row["default"]))


@pytest.mark.parametrize("name", sorted(set(DECLARED) - OWN))
def test_an_input_of_the_list_has_its_words(name: str) -> None:
    """Each option is a word that the program knows, and it knows no other."""
    row, declared = BY_NAME[name], DECLARED[name]
    assert declared["description"] == row.help
    assert str(declared["default"]).lower() == (row.default or "")
    meant = {row.type.choices[option] for option in declared.get("options", ()) if option}
    assert meant == set(row.type.choices.values())


def test_secrets_are_never_inputs() -> None:
    """Inputs can be read in the pipeline's configuration; the secrets come from variables alone."""
    text = yaml.safe_dump_all([SPEC["spec"]["inputs"], JOBS])
    assert not re.search(r"EMAIL|API_TOKEN|api-token", text)


def test_every_input_is_used_and_declared() -> None:
    used = {name for _, text in strings(JOBS) for name in REFERENCE.findall(text)}
    assert used == set(DECLARED)


def test_nothing_is_spliced_into_a_script() -> None:
    """An input stands where YAML takes a value, or in a comparison of words that GitLab has judged."""
    for path, text in strings(JOBS):
        for name in REFERENCE.findall(text):
            assert "script" not in path, (path, text)
            if "/rules" in path:
                assert text in RULES
            elif "/variables" in path:
                assert REFERENCE.fullmatch(text)
            else:
                assert name in OWN or path.endswith("-reporting/extends/-"), (path, text)


def test_the_scripts_call_the_program_and_no_other_name_of_ours() -> None:
    scripts = [text for path, text in strings(JOBS) if re.search(r"/(after_)?script/-$", path)]
    assert scripts.count("compass-event") == 3
    for text in scripts:
        assert "$[[" not in text
        assert not re.search(r"echo [^\n]*\$", text)  # many a shell's echo reads backslashes
        assert not re.search(r"\beval\b|`|sh -c", text)


def test_the_inputs_become_variables_that_the_program_reads() -> None:
    """Those with a default as COMPASS_…, so that a job can set them; the others as INPUT_…."""
    variables = JOBS[".$[[ inputs.job-prefix ]]-settings"]["variables"]
    expected = {}
    for row in INPUTS:
        if row.name in DECLARED:
            name = row.variable if row.default else f"INPUT_{row.field.upper()}"
            expected[name] = f"$[[ inputs.{row.name} ]]"
    values = {n: v["value"] if isinstance(v, dict) else v for n, v in variables.items()}
    assert values == expected
    assert variables["INPUT_PROPERTIES"]["expand"] is False


def test_reporting_jobs_take_nothing_from_the_project_but_its_runners() -> None:
    """No default image, before_script or cache; and they never hold up a newer pipeline."""
    job = JOBS[".$[[ inputs.job-prefix ]]-reporting"]
    assert job["inherit"] == {"default": ["tags"]}
    assert (job["interruptible"], job["cache"]) == (True, [])
    visible = [name for name in JOBS if not name.startswith(".")]
    assert len(visible) == 5
    for name in visible:
        assert name.startswith("$[[ inputs.job-prefix ]]-")
        assert JOBS[name]["extends"].endswith(("-of-pipeline", "-of-job"))
        [rule] = JOBS[name]["rules"]
        assert rule.get("when", "on_success") == (
            "on_failure" if name.endswith("failed") else "on_success"
        )


def test_reporting_stops_a_pipeline_only_where_it_is_asked_to() -> None:
    """Whatever on-error says there is a hidden job for it, which says whether the job may fail."""
    prefix = ".$[[ inputs.job-prefix ]]-"
    assert JOBS[prefix + "reporting"]["extends"] == [
        prefix + "settings",
        prefix + "on-error-$[[ inputs.on-error ]]",
    ]
    for option in DECLARED["on-error"]["options"]:
        assert JOBS[prefix + "on-error-" + option] == {"allow_failure": option != "fail"}


def test_a_failure_of_the_runner_is_tried_again_and_one_of_ours_is_not() -> None:
    """A job that found no runner is not: it may have waited for a day."""
    assert JOBS[".$[[ inputs.job-prefix ]]-reporting"]["retry"] == {
        "max": 2,
        "when": ["runner_system_failure", "api_failure", "scheduler_failure"],
    }


def test_the_first_job_is_short_and_never_fails_the_pipeline() -> None:
    """All others wait for it."""
    job = JOBS["$[[ inputs.job-prefix ]]-started"]
    assert (job["stage"], job["allow_failure"], job["timeout"]) == (".pre", True, "10 minutes")


def test_nothing_is_reported_in_merge_requests_unless_that_is_asked_for() -> None:
    """A job without rules, as most are, is not in their pipelines."""
    assert DECLARED["only-if"]["default"] == '$CI_PIPELINE_SOURCE != "merge_request_event"'


def test_a_watched_job_may_be_missing() -> None:
    """Else GitLab refuses every pipeline in which it is."""
    job = JOBS[".$[[ inputs.job-prefix ]]-of-job"]
    assert job["needs"] == [{"job": "$[[ inputs.job ]]", "optional": True}]


def test_no_global_keyword_is_set() -> None:
    """A template that sets one changes its users' jobs."""
    assert all("$[[ inputs.job-prefix ]]" in name for name in JOBS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_gives_inputs_that_exist(example: Path) -> None:
    for include in yaml.safe_load(example.read_text())["include"]:
        assert include["component"].startswith("$CI_SERVER_FQDN/compass-event/")
        assert include["component"].partition("@")[2] == __version__
        for name, value in include["inputs"].items():
            declared = DECLARED[name]
            assert type(value) is TYPES[declared.get("type", "string")]
            assert value in declared.get("options", [value])
