"""What a wrong input leads to: it is named, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.inputs.table import BY_NAME
from compass_action.inputs.values import EVENT_TEXT, MAPPING, TEXT, WEB_ADDRESS
from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.recorded import TESTS, read_json

ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
WRONG: dict[str, dict[str, Any]] = read_json(TESTS / "program" / "wrong_inputs.json")


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
        "COMPASS_STARTED_AT": "2026-11-20T10:00:00Z",
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
    said = "".join(capsys.readouterr())
    assert f"{row.get('named', name)}" in said
    assert "Traceback" not in said
    assert not row.get("secret") or row["wrong"] not in said
    assert sandbox.requests == []


@pytest.mark.parametrize("name", [name for name in WRONG if "never" in WRONG[name]])
@pytest.mark.parametrize("value", ["a\x07b", "\N{PILE OF POO}" * 300, "'\"$(id)", "../../x"])
def test_some_texts_are_never_wrong(
    name: str, value: str, env: dict[str, str], sandbox: Sandbox
) -> None:
    """`wrong_inputs.json` says why."""
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
    # Of what system or type of event the others would be told, nobody knows where these are wrong.
    doubtful = {"ci", "event-type"}
    named = [n for n in wrong if n not in doubtful and not {"with", "named"} & WRONG[n].keys()]
    assert main([], env | {BY_NAME[name].variable: wrong[name] for name in named}) == 2
    said = "".join(capsys.readouterr())
    assert [name for name in named if f"{name}: " not in said] == []
    assert sandbox.requests == []


def test_bytes_that_are_no_text_stop_nothing(env: dict[str, str], sandbox: Sandbox) -> None:
    """Python hands them over as lone surrogates, in variables and arguments alike."""
    odd = b"caf\xe9".decode("utf-8", "surrogateescape")
    env |= {"COMPASS_DESCRIPTION": odd, "COMPASS_DISPLAY_NAME": "\ud83d"}
    assert main(["--environment", odd], env) == 0
    [received] = sandbox.requests
    assert "caf\ufffd" in received.body.decode()


ADDRESS = "https://ada:hunter2-secret@ci.acme.example/job/shop/7"
BUILD_URL = {
    "state": ADDRESS,
    "event-id": ADDRESS,
    "severity": ADDRESS,
    "display-name": f"Shop {ADDRESS}",
    "description": f"See {ADDRESS}",
    "url": ADDRESS,
    "properties": f'{{"pipeline": {{"displayName": "{ADDRESS}"}}}}',
    "external-event-source-id": ADDRESS,
    "environment": ADDRESS,
    "environment-id": ADDRESS,
    "environment-category": ADDRESS,
    "pipeline-id": ADDRESS,
    "pipeline-name": ADDRESS,
    "pipeline-url": ADDRESS,
    "ref": ADDRESS,
}


@pytest.mark.parametrize("way", ["variable", "command line"])
@pytest.mark.parametrize("name", BUILD_URL)
def test_an_address_with_a_password_is_refused_and_not_shown(
    name: str, way: str, env: dict[str, str], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where somebody writes --pipeline-id "$BUILD_URL", and the server's address has one."""
    env |= {BY_NAME[name].variable: BUILD_URL[name]} if way == "variable" else {}
    env["COMPASS_DEBUG"] = "true"
    assert main([f"--{name}={BUILD_URL[name]}"] if way == "command line" else [], env) == 2
    said = "".join(capsys.readouterr())
    assert f"{name}: " in said
    assert "user name" in said or name in ("environment-category",)
    assert "hunter2" not in said
    assert sandbox.requests == []


def test_every_text_of_the_event_is_looked_at_for_passwords() -> None:
    texts = {row.name for row in BY_NAME.values() if row.type in (EVENT_TEXT, MAPPING, WEB_ADDRESS)}
    assert texts <= BUILD_URL.keys()
    free = {row.name for row in BY_NAME.values() if row.type is TEXT}
    assert {name for name in free if BY_NAME[name].group in ("event", "pipeline")} == {
        "external-event-source-id"  # which knows by itself what an address is
    }
