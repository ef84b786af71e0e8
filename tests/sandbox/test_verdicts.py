"""The sandbox judges as the published contract and Atlassian's guide say, and keeps the feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from compass_action.sandbox import Sandbox, contract, running_sandbox
from tests.sandbox.sending import EVENTS, VALID, changed, post, sample


def error_types(answer: requests.Response) -> list[str | None]:
    """The types in an answer, which must have the contract's shape."""
    schema = contract.read_contract()["components"]
    document = answer.json()
    Draft202012Validator(
        {"$ref": "#/components/schemas/ErrorResponseDto", "components": schema}
    ).validate(document)
    return [error["type"] for error in document["errors"]]


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.clear()
    return shared


@pytest.mark.parametrize("prefix", ["", "/gateway/api"])
def test_a_valid_event_is_accepted_with_202_and_an_empty_body(
    sandbox: Sandbox, prefix: str
) -> None:
    answer = post(sandbox, sample("build-full"), path=prefix + EVENTS)
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_valid_sample_is_accepted_and_stored(sandbox: Sandbox, path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    [(event_type, body)] = document["event"].items()
    assert post(sandbox, document).status_code == 202
    feed = sandbox.feed()
    [event] = feed["not_shown" if event_type == "pullRequest" else "events"]
    assert (event["type"], event["event"]) == (event_type, body)
    assert event["component_id"] == document["componentId"]
    assert None not in event["identity"].values()


@pytest.mark.parametrize(
    "header", [None, "Bearer abc", "Basic !", "Basic YWRh", "Basic OnRva2Vu", "Basic YWRhOg=="]
)
def test_without_an_email_and_a_token_it_is_401(sandbox: Sandbox, header: str | None) -> None:
    """With no error type: PERMISSION_DENIED would read as a 403."""
    headers = {} if header is None else {"Authorization": header}
    answer = post(sandbox, sample("build-full"), None, **headers)
    assert (answer.status_code, error_types(answer)) == (401, [None])
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert sandbox.feed()["events"] == []


def test_only_the_configured_credentials_are_right() -> None:
    with running_sandbox(credentials=("ada@example.com", "right")) as sandbox:
        for token, status in [("wrong", 401), ("right", 202)]:
            body = sample("build-full")
            assert post(sandbox, body, ("ada@example.com", token)).status_code == status


BUILD, PART = "event.build", "event.build.buildProperties"
REFUSALS: list[tuple[dict[str, Any], list[str]]] = [
    ({"event": {}}, ["ONE_OF_DIRECTIVE_VALIDATION_ERROR"]),
    ({"event": {"release": {}}}, ["ONE_OF_DIRECTIVE_VALIDATION_ERROR"]),
    ({"event.custom": {}}, ["ONE_OF_DIRECTIVE_VALIDATION_ERROR", *["FIELD_MISSING"] * 7]),
    ({"event": ...}, ["FIELD_MISSING"]),
    ({"event": None}, ["FIELD_CANNOT_BE_NULL"]),
    ({f"{BUILD}.url": ..., f"{PART}.state": ...}, ["FIELD_MISSING"] * 2),
    ({f"{BUILD}.url": None}, ["FIELD_CANNOT_BE_NULL"]),
    ({f"{BUILD}.url": 7}, ["FORMAT_INVALID"]),
    ({f"{BUILD}.lastUpdated": "yesterday"}, ["FORMAT_INVALID"]),
    ({f"{PART}.startedAt": "2026-02-30T00:00:00Z"}, ["FORMAT_INVALID"]),
    ({f"{PART}.startedAt": "2026-02-20T00:00:00"}, ["FORMAT_INVALID"]),
    ({f"{PART}.state": "SUCCESS"}, ["ARGUMENT_INVALID"]),
    ({f"{BUILD}.updateSequenceNumber": 2**63}, ["CONSTRAINT_VIOLATION"]),
    ({f"{BUILD}.updateSequenceNumber": True}, ["FORMAT_INVALID"]),
    ({"componentId": "shop"}, ["COMPONENT_ARI_INVALID"]),
    ({"cloudId": "b"}, ["CLOUD_ID_INVALID"]),
    ({"cloudId": ""}, ["CLOUD_ID_INVALID"]),
    ({"cloudId": 1, f"{BUILD}.url": ...}, ["FORMAT_INVALID", "FIELD_MISSING"]),
]


@pytest.mark.parametrize(("changes", "types"), REFUSALS, ids=str)
def test_every_problem_of_a_request_is_told_with_its_type(
    sandbox: Sandbox, changes: dict[str, Any], types: list[str]
) -> None:
    answer = post(sandbox, changed("build-full", changes))
    assert (answer.status_code, sorted(map(str, error_types(answer)))) == (400, sorted(types))
    feed = sandbox.feed()
    assert feed["events"] == []
    assert [sorted(one["types"]) for one in feed["refused"]] == [sorted(types)]
    assert all(error["message"] in feed["refused"][0]["why"] for error in answer.json()["errors"])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"NaN", b'{"a": 1e999}', b'{"a": 1,}', b"[" * 100_000, b"9" * 5000],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_json_is_400(sandbox: Sandbox, body: bytes) -> None:
    """The example in Atlassian's guide itself ends in a comma too many, as the sixth does here."""
    answer = post(sandbox, body)
    assert (answer.status_code, error_types(answer)) == (400, ["FORMAT_INVALID"])


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null"])
def test_json_that_is_no_object_is_400(sandbox: Sandbox, body: bytes) -> None:
    assert post(sandbox, body).status_code == 400


def test_a_null_beside_the_one_event_type_does_not_count(sandbox: Sandbox) -> None:
    """In the contract each event type is the object or null."""
    assert post(sandbox, changed("build-full", {"event.custom": None})).status_code == 202


def test_a_component_that_is_not_on_the_list_is_404() -> None:
    ari = sample("build-full")["componentId"]
    with running_sandbox(components=[ari]) as sandbox:
        assert post(sandbox, sample("build-full")).status_code == 202
        answer = post(sandbox, changed("build-full", {"componentId": ari[:-1] + "0"}))
        assert (answer.status_code, error_types(answer)) == (404, ["COMPONENT_NOT_FOUND"])


def test_without_a_component_the_event_source_must_exist(sandbox: Sandbox) -> None:
    """With componentId Compass creates the event source; without, it answers 404."""
    alone = changed("custom-full", {"componentId": ...})
    answer = post(sandbox, alone)
    assert (answer.status_code, error_types(answer)) == (404, ["CREATE_EVENT_SOURCE_NOT_FOUND"])
    assert post(sandbox, sample("custom-full")).status_code == 202
    assert post(sandbox, alone).status_code == 202
    [event] = sandbox.feed()["events"]
    assert [update["verdict"] for update in event["history"]] == ["created", "ignored"]


def test_the_same_build_overwrites_if_its_number_rises_and_is_ignored_if_not() -> None:
    received = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    with running_sandbox(now=lambda: received) as sandbox:
        for number, state in [(2, "IN_PROGRESS"), (2, "FAILED"), (1, "ERROR"), (3, "SUCCESSFUL")]:
            changes = {f"{BUILD}.updateSequenceNumber": number, f"{PART}.state": state}
            assert post(sandbox, changed("build-full", changes)).status_code == 202
        [event] = sandbox.feed()["events"]
    assert (event["state"], event["update_sequence_number"]) == ("SUCCESSFUL", 3)
    pipeline = event["event"]["buildProperties"]["pipeline"]
    assert event["identity"] == {"pipelineId": pipeline["pipelineId"]}
    verdicts = [(one["verdict"], one["state"]) for one in event["history"]]
    assert verdicts == [
        ("created", "IN_PROGRESS"),
        ("ignored", "FAILED"),
        ("ignored", "ERROR"),
        ("overwritten", "SUCCESSFUL"),
    ]
    assert event["history"][0]["received_at"] == "2026-11-23T18:00:00.000+00:00"
    assert event["history"][1]["why"] == "updateSequenceNumber 2 does not rise above 2"


def test_the_history_says_that_a_report_was_overtaken(sandbox: Sandbox) -> None:
    for number, state in [(8, "CANCELLED"), (7, "IN_PROGRESS")]:
        changes = {f"{BUILD}.updateSequenceNumber": number, f"{PART}.state": state}
        post(sandbox, changed("build-full", changes))
    [event] = sandbox.feed()["events"]
    assert (event["state"], event["update_sequence_number"]) == ("CANCELLED", 8)
    last = event["history"][-1]
    assert (last["verdict"], last["state"], last["concern"]) == ("ignored", "IN_PROGRESS", None)
    assert last["why"] == "CANCELLED with updateSequenceNumber 8 had overtaken it: harmless"


DEPLOYMENT = "event.deployment.deploymentProperties"


@pytest.mark.parametrize(
    "changes",
    [
        {f"{DEPLOYMENT}.sequenceNumber": 7},
        {f"{DEPLOYMENT}.environment.environmentId": "staging"},
        {f"{DEPLOYMENT}.pipeline.pipelineId": "another"},
        {"event.deployment.externalEventSourceId": "https://github.com/acme/api"},
    ],
    ids=str,
)
def test_a_deployment_is_another_one_if_any_part_of_its_identity_differs(
    sandbox: Sandbox, changes: dict[str, Any]
) -> None:
    post(sandbox, sample("deployment-full"))
    post(sandbox, changed("deployment-full", changes))
    first, second = sandbox.feed()["events"]
    assert first["environment"] == second["environment"] == "Production"
    assert (first["started_at"], len(first["history"])) == ("2026-11-23T17:50:00Z", 1)
    assert list(first["identity"]) == ["pipelineId", "environmentId", "sequenceNumber"]


def test_a_pull_request_is_accepted_but_not_shown(sandbox: Sandbox) -> None:
    """Atlassian warns that pullRequest events do not appear in the activity feed.

    They have no updateSequenceNumber; a stray one, whatever it is, does no harm.
    """
    strays: list[object] = ["x", [], 1]
    for stray in strays:
        for name in ("updateSequenceNumber", "externalEventSourceId"):
            body = changed("pullRequest-full", {f"event.pullRequest.{name}": stray})
            assert post(sandbox, body).status_code == 202
    feed = sandbox.feed()
    assert feed["events"] == []
    assert {one["verdict"] for one in feed["not_shown"][0]["history"][1:]} == {"overwritten"}
