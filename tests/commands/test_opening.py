"""Opening a call: what is read, what is hidden, which stream is spoken on, what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.commands.opening import open_call
from compass_action.errors import Problem
from compass_action.inputs.command_line import CommandLine
from compass_action.text import secrets_of

TOKEN = "correct-horse-battery"
HOST = "ghs-0123456789"


def test_the_inputs_of_command_line_and_environment_are_read() -> None:
    line = CommandLine(
        "check", {"state": "failed"}, ("a", "b"), (Problem("run", "no."),), offline=True
    )
    call = open_call(line, {"GITLAB_CI": "true", "COMPASS_SITE": "acme"}, keeps_streams=True)
    assert (call.inputs.state, call.inputs.site) == ("failed", "acme")
    assert (call.given["state"].source, call.given["site"].source) == ("--state", "COMPASS_SITE")
    assert (call.files, call.offline, call.keeps_streams) == (("a", "b"), True, True)
    assert call.system.name == "gitlab"
    assert call.problems == (Problem("run", "no."),)
    plain = open_call(CommandLine(), {})
    assert (plain.files, plain.offline, plain.keeps_streams) == ((), False, False)


def test_a_secret_stands_in_its_own_place_alone() -> None:
    """Whatever else the process was handed has stars in its place."""
    arguments = {"description": f"a {TOKEN}", "host-token": HOST}
    env = {"COMPASS_API_TOKEN": TOKEN, "CI_COMMIT_TITLE": f"b {TOKEN} {HOST}"}
    call = open_call(CommandLine(arguments=arguments), env)
    assert (call.inputs.api_token, call.inputs.host_token) == (TOKEN, HOST)
    assert call.inputs.description == "a ***"
    assert call.env == {"COMPASS_API_TOKEN": TOKEN, "CI_COMMIT_TITLE": "b *** ***"}
    assert call.secrets == secrets_of(TOKEN, None).joined(secrets_of(HOST, None))
    assert call.log.without_secrets(f"{TOKEN} {HOST}") == "*** ***"
    plain = open_call(CommandLine(arguments={"description": "a"}), {"A": "b"})
    assert (plain.inputs.description, plain.env) == ("a", {"A": "b"})


def test_a_token_in_an_input_where_none_belongs_is_told_once() -> None:
    arguments = {"component-id": f"x{TOKEN}", "timeout": HOST}
    env = {"COMPASS_API_TOKEN": TOKEN, "COMPASS_HOST_TOKEN": HOST}
    call = open_call(CommandLine(arguments=arguments), env)
    assert [problem.where for problem in call.problems] == ["component-id", "timeout"]
    assert "api-token" in call.problems[0].what
    assert "host-token" in call.problems[1].what
    assert TOKEN not in str(call.problems)
    assert HOST not in str(call.problems)


BOTH = {"COMPASS_SITE": "acme", "COMPASS_API_URL": "https://acme.example/api"}


def test_of_two_places_to_send_to_the_stronger_one_counts() -> None:
    call = open_call(
        CommandLine(arguments={"site": "acme"}), {"COMPASS_API_URL": "https://b.example"}
    )
    assert (call.inputs.site, call.inputs.api_url, call.problems) == ("acme", None, ())
    [problem] = open_call(CommandLine(), BOTH).problems
    assert problem == Problem(
        "api-url",
        "COMPASS_API_URL and COMPASS_SITE both say where to send, and an earlier step may have set one "
        "of them. Leave COMPASS_API_URL out if you mean the site, and COMPASS_SITE out if you mean the "
        "other address.",
    )
    assert open_call(CommandLine(arguments={"dry-run": "true"}), BOTH).problems == ()


def test_a_system_that_is_not_known_is_a_problem() -> None:
    """And the one that is there speaks."""
    call = open_call(CommandLine(arguments={"ci": "jenkinss"}), {"GITLAB_CI": "true"})
    assert [problem.where for problem in call.problems] == ["ci"]
    assert call.system.name == "gitlab"
    assert open_call(CommandLine(arguments={"ci": "jenkins"}), {}).system.name == "jenkins"


@pytest.mark.parametrize(
    ("arguments", "env", "keeps", "out", "err"),
    [
        ({}, {"GITLAB_CI": "true"}, False, "info\nWarning: w\n", ""),
        ({}, {}, False, "info\n", "Warning: w\n"),
        ({"json": "true"}, {"GITLAB_CI": "true"}, False, "", "info\nWarning: w\n"),
        ({}, {"GITLAB_CI": "true"}, True, "", "info\nWarning: w\n"),
        ({}, {"FORCE_COLOR": "1"}, False, "info\n", "\x1b[33mWarning: w\x1b[0m\n"),
        ({"debug": "true"}, {"GITLAB_CI": "true"}, False, "info\nWarning: w\nDebug: d\n", ""),
        ({}, {"GITHUB_ACTIONS": "true", "RUNNER_DEBUG": "1"}, False, "info\n::warning::w\nDebug: d\n", ""),
        ({}, {"GITHUB_ACTIONS": "true", "RUNNER_DEBUG": "2"}, False, "info\n::warning::w\n", ""),
    ],
)  # fmt: skip
def test_the_log_is_on_the_stream_that_is_free(
    arguments: dict[str, str],
    env: dict[str, str],
    keeps: bool,
    out: str,
    err: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In CI it is one; outside warnings are apart; where output is somebody else's, it is the other."""
    log = open_call(CommandLine(arguments=arguments), env, keeps_streams=keeps).log
    for level, text in (("info", "info"), ("warning", "w"), ("debug", "d")):
        log.say(level, text)
    assert capsys.readouterr() == (out, err)


def test_the_host_is_asked_to_hide_the_token_first(capsys: pytest.CaptureFixture[str]) -> None:
    open_call(CommandLine(), {"GITHUB_ACTIONS": "true", "COMPASS_API_TOKEN": TOKEN})
    assert f"::add-mask::{TOKEN}\n" in capsys.readouterr().out


def test_properties_are_read_from_a_file_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps({"score": 8.1}))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    call = open_call(CommandLine(arguments={"properties": "@own.json"}), env)
    assert (call.inputs.properties, call.problems) == ({"score": 8.1}, ())


def test_what_an_earlier_job_left_is_no_input() -> None:
    """The record that comes with it gives it away."""
    record = json.dumps({"outputs": {"state": "FAILED"}})
    env = {"GITLAB_CI": "true", "COMPASS_STATE": "FAILED", "COMPASS_TRACKED": record}
    assert open_call(CommandLine(), env).inputs.state is None
    assert open_call(CommandLine(), env | {"COMPASS_TRACKED": ""}).inputs.state == "FAILED"


def test_half_of_a_surrogate_pair_in_an_argument_stops_nothing() -> None:
    call = open_call(CommandLine(arguments={"description": "a\udc80b"}), {})
    assert call.inputs.description
    call.inputs.description.encode()
