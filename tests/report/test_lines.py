"""The lines of a good run: literal events, and the sentences that tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from compass_action.event.event import Event
from compass_action.report import lines

SITE = "https://acme.atlassian.net/gateway/api/compass/v1/events"
PAGE = "https://acme.atlassian.net/compass/component/"
ENVIRONMENT = {"environmentId": "prod", "displayName": "Production", "category": "PRODUCTION"}


def event(kind: str, part: Mapping[str, Any] | None, name: str = "", **body: Any) -> Event:
    """One event of the component `ari/one`."""
    own = {
        "build": "buildProperties", "deployment": "deploymentProperties",
        "custom": "customEventProperties", "alert": "alertProperties", "flag": "flagProperties",
        "incident": "incidentProperties", "pullRequest": "pullRequestProperties",
    }[kind]  # fmt: skip
    whole = body if part is None else body | {own: part}
    return Event(kind, "cloud", "ari/one", whole, component_name=name)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (event("build", {"state": "FAILED"}, displayName="CI #7"), 'build FAILED "CI #7"'),
        (event("flag", {"status": "on", "id": "new-shop"}), 'flag on "new-shop"'),
        (event("custom", {"id": "x", "state": "no state"}, displayName="It"), 'custom "It"'),
        (event("build", {"state": ""}, displayName="CI"), 'build "CI"'),
        (event("build", {}), 'build ""'),
        (event("build", None), 'build ""'),
    ],
)
def test_what_is_reported_is_type_state_and_name(told: Event, said: str) -> None:
    """The display name, else the id; a state that is not there is left out."""
    assert lines.what(told) == said


@pytest.mark.parametrize(
    ("told", "address", "said"),
    [
        ([event("build", {}, "Shop")], SITE, f"component Shop {PAGE}one"),
        ([event("build", {})], SITE, f"component one {PAGE}one"),
        ([event("build", {}, "Shop")], "http://127.0.0.1:8377/x", "component Shop on 127.0.0.1:8377"),
        ([event("build", {}, "Shop")], "", "component Shop"),
        ([event("build", {})] * 2, SITE, "2 components on acme.atlassian.net"),
        ([event("build", {})] * 2, "", "2 components"),
        (
            [event("deployment", {"environment": ENVIRONMENT, "startedAt": "2026-11-23T08:00:00Z",
                                  "completedAt": "2026-11-23T08:02:01Z"}, "Shop")],
            SITE,
            f"environment Production (PRODUCTION), took 2 min 1 s, component Shop {PAGE}one",
        ),
    ],
)  # fmt: skip
def test_where_is_environment_duration_component_and_site(
    told: list[Event], address: str, said: str
) -> None:
    """A link where the site is Atlassian's, else the host, if it is known."""
    assert lines.where(told, address) == said


def test_the_ids_are_for_somebody_who_looks_into_it() -> None:
    part = {"pipeline": {"pipelineId": "p/7"}, "environment": ENVIRONMENT, "sequenceNumber": 0}
    told = event("deployment", part, updateSequenceNumber=0)
    assert lines.identity(told) == ("pipeline p/7, environment prod, sequence number 0, update 0")
    assert lines.identity(event("flag", {"id": "f"}, updateSequenceNumber=8)) == "id f, update 8"
    assert lines.identity(event("build", {"pipeline": "no record"})) == ""


def test_components_are_listed_by_name_with_their_pages() -> None:
    told = [event("build", {}, "Shop"), event("build", {})]
    assert list(lines.components(told, SITE)) == [f"Shop {PAGE}one", f"one {PAGE}one"]
    assert list(lines.components(told, "https://compass.example/x")) == ["Shop", "one"]


def test_an_environment_is_named_with_its_category() -> None:
    assert lines.environment({"environment": ENVIRONMENT}) == "environment Production (PRODUCTION)"
    assert lines.environment({}) == ""
    assert lines.environment({"environment": "production"}) == ""


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (event("build", {"startedAt": "2026-11-23T08:00:00Z", "completedAt": "2026-11-23T09:00:00Z"}),
         "took 1 h"),
        (event("incident", {"startTime": "2026-11-23T08:00:00Z", "endTime": "2026-11-23T08:00:30Z"}),
         "took 30 s"),
        (event("incident", {"startTime": "2026-11-23T08:00:00Z", "endTime": "2026-11-23T08:00:30Z"})
         ._replace(start_is_known=False), ""),
        (event("build", {"startedAt": "2026-11-23T08:00:00Z"}), ""),
        (event("build", {"startedAt": "soon", "completedAt": "2026-11-23T09:00:00Z"}), ""),
        (event("build", {"startedAt": 7, "completedAt": "2026-11-23T09:00:00Z"}), ""),
        (event("alert", {"createdAt": "2026-11-23T08:00:00Z", "acknowledgedAt": "2026-11-23T09:00:00Z"}),
         ""),
        (event("custom", {"startedAt": "2026-11-23T08:00:00Z"}), ""),
    ],
)  # fmt: skip
def test_a_duration_has_a_start_and_one_end(told: Event, said: str) -> None:
    assert lines.duration(told) == said


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (9.94, "9.9 s"), (10, "10 s"), (10.4, "10 s"), (59, "59 s"), (61, "1 min 1 s"),
        (120, "2 min"), (3_601, "1 h"), (3_660, "1 h 1 min"), (7_199, "1 h 59 min"),
        (86_399, "23 h 59 min"), (86_400, "1 d"), (90_000, "1 d 1 h"), (89_999, "1 d"),
    ],
)  # fmt: skip
def test_a_duration_has_two_units_at_most(seconds: float, text: str) -> None:
    assert lines.span(seconds) == text


@pytest.mark.parametrize(
    ("address", "host"),
    [(SITE, "acme.atlassian.net"), ("http://localhost:8377/a", "localhost:8377"), ("", "")],
)
def test_the_host_is_taken_from_an_address(address: str, host: str) -> None:
    assert lines.host(address) == host


def test_only_atlassian_s_own_sites_have_pages() -> None:
    assert lines.component_link("ari/one", "acme.atlassian.net") == f"{PAGE}one"
    for site in ("acme.atlassian.net.example", "atlassian.net", "acme.example", ""):
        assert lines.component_link("ari/one", site) == ""


def test_more_than_three_components_have_a_section() -> None:
    assert lines.LISTED_MAX == 3
