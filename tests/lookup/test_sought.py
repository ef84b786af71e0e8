"""What an event is sought by, read off the request that was sent for it."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.lookup.sought import Sought, identity_of, sought_in, whole
from tests.building import ARI

PIPELINE = {"pipelineId": "shop/deploy"}
DEPLOYMENT = {
    "pipeline": PIPELINE,
    "environment": {"environmentId": "production"},
    "sequenceNumber": 7,
}


@pytest.mark.parametrize(
    ("kind", "part", "identity"),
    [
        ("build", DEPLOYMENT, ("shop/deploy", None, None)),
        ("build", {}, (None, None, None)),
        ("deployment", DEPLOYMENT, ("shop/deploy", "production", 7)),
        ("deployment", {**DEPLOYMENT, "sequenceNumber": "7"}, ("shop/deploy", "production", 7)),
        ("deployment", {"pipeline": PIPELINE}, ("shop/deploy", None, None)),
        ("incident", {"id": "INC-7", "pipeline": PIPELINE}, ("INC-7",)),
        ("flag", {"id": 7}, ("7",)),
        ("custom", None, (None,)),
    ],
)  # fmt: skip
def test_a_build_is_a_pipeline_a_deployment_a_triple_and_the_rest_an_id(
    kind: str, part: Any, identity: tuple[object, ...]
) -> None:
    assert identity_of(kind, part) == identity


def test_the_request_names_whom_it_is_about() -> None:
    body = {
        "externalEventSourceId": "https://github.com/acme/shop#1",
        "deploymentProperties": DEPLOYMENT,
    }
    request = {"cloudId": "cloud", "componentId": ARI, "event": {"deployment": body}}
    assert sought_in(request) == Sought(
        "deployment",
        "cloud",
        ARI,
        "https://github.com/acme/shop#1",
        ("shop/deploy", "production", 7),
    )  # fmt: skip


def test_a_pull_request_is_shown_nowhere() -> None:
    assert sought_in({"event": {"pullRequest": {}}}) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        (-7, -7),
        ("7", 7),
        ("9223372036854775807", 9_223_372_036_854_775_807),
        ("9223372036854775808", None),
        ("9" * 19, None),
        (-9_223_372_036_854_775_807, -9_223_372_036_854_775_807),
        (10**4000, None),
        (-(10**4000), None),
        ("9" * 20, None),
        ("-7", None),
        ("7.0", None),
        ("\u0667", None),
        ("\u00b2", None),
        ("", None),
        (7.0, None),
        (True, None),
        (None, None),
    ],
)
def test_a_long_may_be_written_as_a_text(value: Any, number: int | None) -> None:
    assert whole(value) == number
