"""A replay for some components alone: the lines of the others stay, which is said, and is no failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compass_action.delivery import outbox
from compass_action.sandbox import Sandbox
from compass_action.schemas import Payload
from tests.commands.replaying import event, file, lines_of, replay, sandbox, where

__all__ = ["file", "sandbox"]

SHOP = event(1).component_id
BILLING = f"{SHOP[:-4]}b111"


def of_billing(number: int) -> Payload:
    request = json.loads(event(number).body) | {"componentId": BILLING}
    return Payload("deployment", BILLING, json.dumps(request).encode())


def test_only_the_wanted_components_are_sent(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    outbox.spool(str(file), [event(1), of_billing(1), event(2)], where(sandbox))
    before = file.read_bytes().splitlines()
    assert replay(sandbox, file, COMPASS_COMPONENT_ID=BILLING) == 0
    assert [request.body for request in sandbox.requests] == [of_billing(1).body]
    assert lines_of(capsys) == [
        f"Note: 2 lines of {file} are of other components than component-id names, and stay.",
        "delivered 1 event of 1 component",
        "accepted by Compass",
    ]
    assert file.read_bytes().splitlines() == [before[0], before[2]]


@pytest.mark.parametrize("on_error", ["warn", "fail"])
def test_lines_of_other_components_alone_are_told_and_no_failure(
    on_error: str, file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    """A scheduled replay would pass over them for ever."""
    outbox.spool(str(file), [event(1)], where(sandbox))
    before = file.read_bytes()
    env = {"COMPASS_COMPONENT_ID": BILLING, "COMPASS_ON_ERROR": on_error, "COMPASS_JSON": "true"}
    assert replay(sandbox, file, **env) == 0
    said = lines_of(capsys)
    assert json.loads(said[0])["outcome"] == "skipped"
    assert said[1:] == [
        f"Note: 1 line of {file} is of another component than component-id names, and stays.",
        "nothing to replay",
    ]
    assert (file.read_bytes(), sandbox.requests) == (before, [])


@pytest.mark.parametrize(
    "set_for_the_project",
    [{"COMPASS_COMPONENT_ID": "auto"}, {"COMPASS_COMPONENT_SLUG": "billing"}],
    ids=str,
)
def test_what_names_no_component_narrows_nothing(
    set_for_the_project: dict[str, str], file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    outbox.spool(str(file), [event(1), of_billing(2)], where(sandbox))
    assert replay(sandbox, file, **set_for_the_project) == 0
    assert "delivered 2 events of 2 components" in lines_of(capsys)
    assert file.read_bytes() == b""
