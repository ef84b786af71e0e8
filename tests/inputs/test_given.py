"""Inputs: where they are found, and what counts as not given."""

from __future__ import annotations

import pytest

from compass_action.inputs.given import Given, explain_missing_secret, parse
from compass_action.inputs.table import BY_NAME, Inputs


def parsed(env: dict[str, str], **arguments: str) -> Inputs:
    """The inputs, which have to be right."""
    inputs, _, problems = parse({k.replace("_", "-"): v for k, v in arguments.items()}, env)
    assert problems == []
    return inputs


def test_the_command_line_comes_before_input_variables_and_those_before_compass_ones() -> None:
    env = {"INPUT_STATE": "failure", "COMPASS_STATE": "cancelled"}
    assert parsed(env, state="success").state == "success"
    assert parsed(env).state == "failure"
    assert parsed({"COMPASS_STATE": "cancelled"}).state == "cancelled"
    assert parsed({}).state is None


def test_github_s_own_spelling_comes_before_the_one_with_underscores() -> None:
    """The runner keeps hyphens; shells drop such names, so that wrappers write underscores."""
    env = {"INPUT_PIPELINE-ID": "", "INPUT_PIPELINE_ID": "b", "COMPASS_PIPELINE_ID": "c"}
    assert parsed(env).pipeline_id == "b"
    assert parsed(env | {"INPUT_PIPELINE-ID": "b"}).pipeline_id == "b"


@pytest.mark.parametrize(
    ("name", "field"), [("PIPELINE", "pipeline-id"), ("COMPONENT", "component-id")]
)
def test_two_spellings_with_two_values_are_an_error_that_names_both(name: str, field: str) -> None:
    env = {f"INPUT_{name}-ID": "a", f"INPUT_{name}_ID": "b"}
    _, _, problems = parse({}, env)
    told = [problem.what for problem in problems if problem.where == field]
    assert told == [f"INPUT_{name}-ID and INPUT_{name}_ID have different values. Set one of them."]


@pytest.mark.parametrize("nothing", ["", " ", "\r\n", "$NAME", "${NAME}", " $name_2 "])
def test_empty_and_unresolved_values_are_not_given(nothing: str) -> None:
    """GitHub hands over every input, empty where it is not given; Bitbucket leaves `$NAME`."""
    assert parsed({"INPUT_STATE": nothing, "COMPASS_STATE": "failed"}).state == "failed"
    assert parsed({"INPUT_TIMEOUT": nothing}).timeout == 120
    assert parsed({"INPUT_COMPONENT-ID": nothing}).component_id is None


@pytest.mark.parametrize("nothing", [",", " , ,\n", "\n\n"])
def test_a_list_of_nothing_is_not_given(nothing: str) -> None:
    """So that the default, compass.yml, is read."""
    assert parsed({"COMPASS_COMPONENT_ID": nothing}).component_id is None


@pytest.mark.parametrize(
    "text", ["$5 off", "$(id -u)", "a$NAME", "$1", "$NAME $NAME", "50%", "#7", "<<id>> id"]
)
def test_a_text_that_only_holds_a_dollar_is_given(text: str) -> None:
    assert parsed({"COMPASS_DESCRIPTION": text}).description == text


@pytest.mark.parametrize(
    "reference",
    [
        "$NAME",
        "${NAME}",
        "${env.NAME}",
        "$(name)",
        "$(context.task.retry-count)",
        "$(Build.Repository.Uri)",
        "${{name}}",
        "${{ inputs.name }}",
        "$[[ inputs.name ]]",
        "<+pipeline.sequenceId>",
        "#{Octopus.Environment.Name}",
        "%teamcity.build.id%",
        "<< pipeline.number >>",
        "{{ revision }}",
        "$env:DEPLOY_TO",
        "${DEPLOY_TO:-staging}",
        "${ execution.name }",
        "$(params.environments[*])",
        "$[variables.deployTo]",
        "$[ dependencies.Plan.outputs['pick.environment'] ]",
        "<+<+stage.name>.environment>",
        "<+env.name>-<+infra.name>",
        "<no value>",
        "null",
    ],
)
def test_a_reference_that_its_host_left_as_it_was_written_is_not_given(reference: str) -> None:
    """The next source is asked."""
    env = {"PLUGIN_DESCRIPTION": reference, "COMPASS_DESCRIPTION": f" {reference}\n"}
    assert parsed(env).description is None
    assert parsed(env | {"COMPASS_DESCRIPTION": "written"}).description == "written"


def test_a_plugin_s_settings_count_after_the_runner_s_and_before_the_environment() -> None:
    env = {"PLUGIN_STATE": "plugin", "COMPASS_STATE": "environment"}
    assert parsed(env).state == "plugin"
    assert parsed(env | {"INPUT_STATE": "runner"}).state == "runner"


def test_a_bitbucket_list_arrives_in_pieces() -> None:
    """NAME_COUNT, NAME_0, NAME_1, and no NAME."""
    env = {"COMPASS_COMPONENT_ID_COUNT": "3"}
    env |= {f"COMPASS_COMPONENT_ID_{i}": text for i, text in enumerate(("a", "b,c", ""))}
    assert parsed(env).component_id == ("a", "b", "c")
    rules = {"COMPASS_ENVIRONMENT_MAP_COUNT": "1", "COMPASS_ENVIRONMENT_MAP_0": "a=testing"}
    assert parsed(rules).environment_map == (("a", "TESTING"),)


def test_a_gap_in_a_bitbucket_list_ends_nothing() -> None:
    """What stands behind an empty or missing piece, or in the last one, counts like the first."""
    env = {"COMPASS_COMPONENT_ID_COUNT": "5", "COMPASS_COMPONENT_ID_1": "b"}
    env |= {"COMPASS_COMPONENT_ID_2": " ", "COMPASS_COMPONENT_ID_4": "e"}
    assert parsed(env | {"COMPASS_COMPONENT_ID_5": "beyond"}).component_id == ("b", "e")


@pytest.mark.parametrize("count", ["-1", "x", "99999", "0", "1e3", "٣"])
def test_an_odd_count_of_a_bitbucket_list_is_no_list(count: str) -> None:
    env = {"COMPASS_COMPONENT_ID_COUNT": count, "COMPASS_COMPONENT_ID_0": "a"}
    assert parsed(env).component_id is None


def test_the_plain_name_of_a_list_comes_before_its_pieces() -> None:
    env = {"COMPASS_COMPONENT_ID_COUNT": "1", "COMPASS_COMPONENT_ID_0": "a"}
    assert parsed(env | {"COMPASS_COMPONENT_ID": "b"}).component_id == ("b",)


def test_a_secret_with_a_stray_line_end_is_usable() -> None:
    """A carriage return comes along where a secret was pasted on Windows, or piped into a store."""
    assert parsed({"INPUT_API-TOKEN": " t0ken\r\n"}).api_token == "t0ken"


@pytest.mark.parametrize(
    ("env", "start"),
    [
        ({"INPUT_API-TOKEN": ""}, "INPUT_API-TOKEN is empty. Its secret is not defined here"),
        ({"INPUT_API_TOKEN": " "}, "INPUT_API_TOKEN is empty."),
        ({"COMPASS_API_TOKEN": "$TOKEN"}, 'COMPASS_API_TOKEN is still "$TOKEN".'),
        ({}, "it is not given. Set COMPASS_API_TOKEN from the CI system's secret store."),
    ],
)
def test_a_missing_secret_is_explained(env: dict[str, str], start: str) -> None:
    """Which variable is empty, and why: a fork, a branch, a mapping that is missing."""
    message = explain_missing_secret(BY_NAME["api-token"], env)
    assert message.startswith(start)
    assert not env or "forks" in message


def test_the_outputs_of_an_earlier_job_are_not_inputs() -> None:
    """GitLab's dotenv files make COMPASS_STATE of the output `state`; nobody asked for it."""
    echoes = {"state": "IN_PROGRESS", "pipeline-id": "p/1"}
    env = {"COMPASS_STATE": "IN_PROGRESS", "COMPASS_PIPELINE_ID": "p/1"}
    assert parse({}, env, echoes) == (Inputs(), {}, [])
    changed = env | {"COMPASS_STATE": "failed"}
    assert parse({}, changed, echoes)[0].state == "failed"
    assert parse({}, env | {"INPUT_STATE": "IN_PROGRESS"}, echoes)[0].state == "IN_PROGRESS"
    assert parse({"state": "IN_PROGRESS"}, env, echoes)[0].state == "IN_PROGRESS"


def test_it_is_told_where_a_value_was_found() -> None:
    env = {"INPUT_COMPONENT-ID": " a ", "COMPASS_EMAIL": "ada@acme.example", "COMPASS_STATE": "x"}
    _, given, _ = parse({"state": "failed"}, env)
    assert given == {
        "component-id": Given("a", "INPUT_COMPONENT-ID"),
        "email": Given("ada@acme.example", "COMPASS_EMAIL"),
        "state": Given("failed", "--state"),
    }


def test_a_wrong_value_is_a_problem_and_the_rest_is_read_all_the_same() -> None:
    inputs, _, problems = parse({"timeout": "soon", "track": "perhaps", "state": "failed"}, {})
    assert [problem.where for problem in problems] == ["track", "timeout"]
    assert (inputs.timeout, inputs.track, inputs.state) == (120, False, "failed")


def test_words_may_be_written_in_any_case() -> None:
    inputs = parsed(
        {"COMPASS_EVENT_TYPE": "Pull-Request", "COMPASS_ENVIRONMENT_CATEGORY": "Staging"}
    )
    assert (inputs.event_type, inputs.environment_category) == ("pullRequest", "STAGING")


def test_an_unknown_word_lists_the_known_ones() -> None:
    _, _, problems = parse({"on-error": "stop"}, {})
    assert [str(p) for p in problems] == [
        'on-error: "stop" is not known. Use one of: warn, fail, warn-all.'
    ]
