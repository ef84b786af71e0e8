"""Argo CD's notifications: for an application in any condition, what is sent, and what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compass_action.event.environments import slug
from compass_action.event.event import Event
from compass_action.sandbox import running_sandbox
from compass_action.schemas import validate
from compass_action.text import Secrets
from tests.surfaces.argo_cd.notifications import (
    ARI,
    CONTEXT,
    HERE,
    application,
    destination,
    notify,
)

ROOT = Path(__file__).parents[3]
APPLICATIONS = sorted((HERE / "applications").glob("*.yaml"))
SECRETS = {
    "compass-site": "acme",
    "compass-email": "ci@acme.example",
    "compass-api-token": "made-up-token",
}
BILLING = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/0a3f5d34-6d60-4f60-8a34-2c4f8a5f5a11"
)


def read(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def validated(body: str) -> dict[str, Any]:
    """The request, which our schemas take, and which `validate` would not write otherwise."""
    request: dict[str, Any] = json.loads(body)
    event = Event(
        "deployment", request["cloudId"], request["componentId"], request["event"]["deployment"]
    )
    assert json.loads(validate(event, Secrets()).body) == request
    return request


@pytest.mark.parametrize("path", APPLICATIONS, ids=lambda path: path.stem)
def test_an_application_is_reported_as_expected(path: Path) -> None:
    """By one condition or by none; the whole request is compared."""
    expected = json.loads(path.with_suffix(".expected.json").read_text())
    result = notify(application(path.stem))
    met = [index for index, one in enumerate(result["conditions"]) if one["triggered"]]
    assert [one["error"] for one in result["conditions"]] == ["", "", ""]
    assert met == ([] if expected["condition"] is None else [expected["condition"]])
    if met:
        assert result["conditions"][met[0]]["once_per"] == expected["once_per"]
        assert result["error"] == ""
        assert validated(result["body"]) == expected["request"]


@pytest.mark.parametrize("case", read("refusals.json"), ids=lambda case: str(case["name"]))
def test_what_is_wrong_is_said_and_nothing_is_sent(case: dict[str, Any]) -> None:
    app = application("succeeded")
    app["metadata"]["annotations"] |= case.get("annotations", {})
    with running_sandbox() as sandbox:
        result = notify(
            app,
            case.get("recipient", ARI),
            case.get("context", CONTEXT),
            destination(sandbox.url, SECRETS),
        )
        assert sandbox.requests == []
    assert case["error"] in result["error"]


@pytest.mark.parametrize(("name", "wanted_id", "category"), read("environments.json"))
def test_an_environment_has_the_id_that_the_command_gives_it(
    name: str, wanted_id: str, category: str
) -> None:
    app = application("succeeded")
    app["metadata"]["annotations"]["compass-event/environment"] = name
    deployment = validated(notify(app)["body"])["event"]["deployment"]["deploymentProperties"]
    assert deployment["environment"] == {
        "environmentId": wanted_id,
        "category": category,
        "displayName": name,
    }
    assert slug(name) == wanted_id


@pytest.mark.parametrize(("address", "wanted"), read("repositories.json"))
def test_a_repository_has_one_address(address: str, wanted: str) -> None:
    app = application("succeeded")
    app["status"]["operationState"]["syncResult"]["source"]["repoURL"] = address
    event = validated(notify(app)["body"])["event"]["deployment"]
    assert event["externalEventSourceId"] == f"{wanted}#c34578a8-98c2-43e3-8b47-ee9b4fe598e4"


def test_an_installation_may_name_the_environment_of_all_applications() -> None:
    app = application("succeeded")
    del app["metadata"]["annotations"]
    result = notify(app, context={**CONTEXT, "compassEnvironment": "staging"})
    deployment = validated(result["body"])["event"]["deployment"]["deploymentProperties"]
    assert deployment["environment"]["category"] == "STAGING"


def test_begin_and_end_of_a_sync_are_one_event() -> None:
    """And the next sync, a rollback, is another one; both were accepted by the stand-in."""
    email_and_token = ("ci@acme.example", "made-up-token")
    with running_sandbox(credentials=email_and_token) as sandbox:
        for name in ("running", "retrying", "succeeded", "rollback"):
            result = notify(application(name), send=destination(sandbox.url, SECRETS))
            assert (result["status"], result["error"]) == (202, "")
        feed = sandbox.feed()
    shown = [one["event"]["deploymentProperties"] for one in feed["events"]]
    assert [(one["sequenceNumber"], one["state"]) for one in shown] == [
        (1769822625000, "SUCCESSFUL"),
        (1769940000000, "SUCCESSFUL"),
    ]


def test_each_component_of_an_application_has_an_event_source_of_its_own() -> None:
    with running_sandbox() as sandbox:
        for component in (ARI, BILLING):
            notify(application("succeeded"), component, send=destination(sandbox.url, SECRETS))
        sources = {
            json.loads(one.body)["event"]["deployment"]["externalEventSourceId"]
            for one in sandbox.requests
        }
    assert sources == {
        "https://github.com/acme/shop-config#c34578a8-98c2-43e3-8b47-ee9b4fe598e4",
        "https://github.com/acme/shop-config#0a3f5d34-6d60-4f60-8a34-2c4f8a5f5a11",
    }


def test_a_fault_of_the_server_is_tried_again_with_the_same_bytes() -> None:
    with running_sandbox(faults=[{"status": 503}, {"status": 503}]) as sandbox:
        result = notify(application("succeeded"), send=destination(sandbox.url, SECRETS))
        bodies = {one.body for one in sandbox.requests}
        assert (len(sandbox.requests), len(bodies)) == (3, 1)
    assert result["status"] == 202


def test_beyond_the_rate_limit_an_event_is_lost_after_four_requests() -> None:
    """Within some seconds, while the limit is one for each minute."""
    with running_sandbox(rate_limit=1) as sandbox:
        for name in ("succeeded", "rollback"):
            result = notify(application(name), send=destination(sandbox.url, SECRETS))
        assert len(sandbox.requests) == 1 + 4
        assert len(sandbox.feed()["events"]) == 1
    assert result["error"] != ""


def test_the_demo_posts_what_the_template_renders() -> None:
    """The same fields; the values are those of another application."""
    demo = json.loads((ROOT / "compass_action" / "demo" / "argo-cd.json").read_text())
    rendered = json.loads(notify(application("succeeded"))["body"])
    assert fields(demo) == fields(rendered)


def fields(value: Any, path: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {path}
    return {found for key, held in value.items() for found in fields(held, f"{path}.{key}")}
