"""Inputs: where they are found, what counts as not given, and what a wrong one leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from compass_action.inputs import BY_NAME, INPUTS, Inputs, explain_missing_secret, parse, read
from compass_action.kinds import READERS
from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.recorded import TESTS, read_json

ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
WRONG: dict[str, dict[str, Any]] = read_json(TESTS / "inputs" / "wrong.json")


def parsed(env: dict[str, str], **arguments: str) -> Inputs:
    """The inputs, which have to be right."""
    asked, _, problems = parse({k.replace("_", "-"): v for k, v in arguments.items()}, env)
    assert problems == []
    return asked


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


@pytest.fixture
def env(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """A run of no known CI system in which every input that is needed is right."""
    sandbox.clear()
    return {
        "GITHUB_WORKSPACE": str(tmp_path),
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_EMAIL": "ada@acme.example",
        "COMPASS_API_TOKEN": "token",
        "COMPASS_COMPONENT_ID": ARI,
        "COMPASS_STATE": "success",
        "COMPASS_ENVIRONMENT": "production",
        "COMPASS_PIPELINE_ID": "ci.acme.example/shop",
        "COMPASS_SEQUENCE_NUMBER": "12",
        "COMPASS_URL": "https://ci.acme.example/shop/12",
        "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "https://git.acme.example/shop",
    }


def test_the_run_without_a_wrong_value_is_accepted(env: dict[str, str], sandbox: Sandbox) -> None:
    """So that below it is the one wrong value that stops it."""
    assert main([], env) == 0
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("way", ["variable", "command line"])
@pytest.mark.parametrize("name", [name for name in WRONG if "wrong" in WRONG[name]])
def test_a_wrong_value_is_named_and_nothing_is_sent(
    name: str, way: str, env: dict[str, str], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2; the message names the input, or the place in the event that it leads to."""
    row = WRONG[name]
    given = row.get("with", {}) | ({name: row["wrong"]} if way == "variable" else {})
    for other, value in given.items():
        env.pop(BY_NAME[other].variable, None)
        env |= {BY_NAME[other].variable: value} if value is not None else {}
    assert main([f"--{name}={row['wrong']}"] if way == "command line" else [], env) == 2
    said = capsys.readouterr().out
    assert f"{row.get('named', name)}" in said
    assert "Traceback" not in said
    assert not row.get("secret") or row["wrong"] not in said
    assert sandbox.requests == []


@pytest.mark.parametrize("name", [name for name in WRONG if "never" in WRONG[name]])
@pytest.mark.parametrize("value", ["a\x07b", "\N{PILE OF POO}" * 300, "'\"$(id)", "../../x"])
def test_some_texts_are_never_wrong(
    name: str, value: str, env: dict[str, str], sandbox: Sandbox
) -> None:
    """`tests/inputs/wrong.json` says why."""
    assert WRONG[name]["never"]
    assert main([], env | {BY_NAME[name].variable: value}) == 0
    assert len(sandbox.requests) == 1


def test_every_input_has_a_wrong_value_or_a_reason() -> None:
    assert set(WRONG) == set(BY_NAME)
    assert all(("wrong" in row) != ("never" in row) for row in WRONG.values())


def test_all_problems_are_told_at_once(
    env: dict[str, str], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {name: row["wrong"] for name, row in WRONG.items() if "wrong" in row}
    named = [
        n for n in wrong if n not in ("site", "component-file", "ci") and "named" not in WRONG[n]
    ]
    assert main([], env | {BY_NAME[name].variable: wrong[name] for name in named}) == 2
    said = capsys.readouterr().out
    assert [name for name in named if f"{name}: " not in said] == []
    assert sandbox.requests == []


def test_the_list_and_the_record_have_the_same_names_and_defaults() -> None:
    """`Inputs` has one field for each row, in order; a row's default is the field's."""
    assert [row.field for row in INPUTS] == [field.name for field in fields(Inputs)]
    for row in INPUTS:
        default = read(row, row.default) if row.default else None
        assert getattr(Inputs(), row.field) == default, row.name
        assert row.kind in {*READERS, "word"}
        assert row.help.endswith(".")


def test_the_command_line_comes_before_input_variables_and_those_before_compass_ones() -> None:
    env = {"INPUT_STATE": "failure", "COMPASS_STATE": "cancelled"}
    assert parsed(env, state="success").state == "success"
    assert parsed(env).state == "failure"
    assert parsed({"COMPASS_STATE": "cancelled"}).state == "cancelled"
    assert parsed({}).state is None


def test_github_s_own_spelling_comes_before_the_one_with_underscores() -> None:
    """The runner keeps hyphens; shells drop such names, so that wrappers write underscores."""
    env = {"INPUT_PIPELINE-ID": "a", "INPUT_PIPELINE_ID": "b", "COMPASS_PIPELINE_ID": "c"}
    assert parsed(env).pipeline_id == "a"
    assert parsed(env | {"INPUT_PIPELINE-ID": ""}).pipeline_id == "b"


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


@pytest.mark.parametrize("text", ["$5 off", "$(id)", "a$NAME", "$1", "$NAME $NAME"])
def test_a_text_that_only_holds_a_dollar_is_given(text: str) -> None:
    assert parsed({"COMPASS_DESCRIPTION": text}).description == text


def test_a_bitbucket_list_arrives_in_pieces() -> None:
    """NAME_COUNT, NAME_0, NAME_1, and no NAME."""
    env = {"COMPASS_COMPONENT_ID_COUNT": "3"}
    env |= {f"COMPASS_COMPONENT_ID_{i}": text for i, text in enumerate(("a", "b,c", ""))}
    assert parsed(env).component_id == ("a", "b", "c")
    rules = {"COMPASS_ENVIRONMENT_MAP_COUNT": "1", "COMPASS_ENVIRONMENT_MAP_0": "a=testing"}
    assert parsed(rules).environment_map == (("a", "TESTING"),)


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


def test_the_token_is_not_shown_with_the_inputs() -> None:
    assert "t0ken" not in repr(parsed({"COMPASS_API_TOKEN": "t0ken"}))


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


TRACKED = (
    '{"outputs":{"event-type":"build","state":"IN_PROGRESS","pipeline-id":"p/1",'
    '"update-sequence-number":"1"},"component_ids":["a"],"started_at":null,"environment":null}'
)


def test_the_outputs_of_an_earlier_job_are_not_inputs() -> None:
    """GitLab's dotenv files make COMPASS_STATE of the output `state`; nobody asked for it."""
    env = {"COMPASS_STATE": "IN_PROGRESS", "COMPASS_PIPELINE_ID": "p/1", "COMPASS_TRACKED": TRACKED}
    asked = parsed(env)
    assert (asked.state, asked.pipeline_id) == (None, None)
    assert parsed(env | {"COMPASS_STATE": "failed"}).state == "failed"
    assert parsed(env | {"INPUT_STATE": "IN_PROGRESS"}).state == "IN_PROGRESS"


def test_a_damaged_record_of_an_earlier_job_is_overlooked() -> None:
    for damaged in (
        "",
        "{",
        "[]",
        '{"outputs":{}}',
        '{"outputs":{"event-type":"x"},"component_ids":[]}',
    ):
        assert parsed({"COMPASS_TRACKED": damaged, "COMPASS_STATE": "failed"}).state == "failed"


def test_bytes_that_are_no_text_stop_nothing(env: dict[str, str], sandbox: Sandbox) -> None:
    """Python hands them over as lone surrogates, in variables and arguments alike."""
    odd = b"caf\xe9".decode("utf-8", "surrogateescape")
    env |= {"COMPASS_DESCRIPTION": odd, "COMPASS_DISPLAY_NAME": "\ud83d"}
    assert main(["--environment", odd], env) == 0
    [received] = sandbox.requests
    assert "caf\ufffd" in received.body.decode()


def test_words_may_be_written_in_any_case() -> None:
    asked = parsed(
        {"COMPASS_EVENT_TYPE": "Pull-Request", "COMPASS_ENVIRONMENT_CATEGORY": "Staging"}
    )
    assert (asked.event_type, asked.environment_category) == ("pullRequest", "STAGING")


def test_an_unknown_word_lists_the_known_ones() -> None:
    _, _, problems = parse({"on-error": "stop"}, {})
    assert [str(p) for p in problems] == ['on-error: "stop" is not known. Use one of: warn, fail.']
