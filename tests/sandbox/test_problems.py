"""What is wrong with what was sent is found and told; what is right is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.sandbox.problems import KINDS, is_one_repository
from tests.sandbox.sending import AUTH, changed, post, sample

BUILD, PART = "event.build", "event.build.buildProperties"
SHOP = sample("build-full")["componentId"]
CART = SHOP[:-1] + "0"
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def build(number: int = 1, **changes: Any) -> dict[str, Any]:
    places = {"source": f"{BUILD}.externalEventSourceId", "component": "componentId"}
    given = {places.get(name, f"{PART}.{name}"): value for name, value in changes.items()}
    return changed("build-full", given | {f"{BUILD}.updateSequenceNumber": number})


def good(sandbox: Sandbox) -> None:
    post(sandbox, build(1, state="IN_PROGRESS", completedAt=...))
    post(sandbox, build(2, state="SUCCESSFUL"))
    post(sandbox, build(2, state="SUCCESSFUL"))  # a retry


def rejected(sandbox: Sandbox) -> None:
    for _ in range(3):
        post(sandbox, build(state="SUCCESS"))


def over_the_limit(sandbox: Sandbox) -> None:
    for _ in range(101):
        post(sandbox, build())


def fault_on_request(sandbox: Sandbox) -> None:
    sandbox.add_faults([{"status": 503}, {"status": 429}, {"drop": "before"}])
    for _ in range(2):
        post(sandbox, build())
    with pytest.raises(requests.ConnectionError):
        post(sandbox, build())


def looked_around(sandbox: Sandbox) -> None:
    requests.get(f"{sandbox.url}/nowhere", timeout=10)


def overwritten(sandbox: Sandbox) -> None:
    post(sandbox, build(1, state="FAILED"))
    post(sandbox, build(2, state="SUCCESSFUL"))


def ignored(sandbox: Sandbox) -> None:
    post(sandbox, build(2, state="FAILED"))
    post(sandbox, build(1, state="SUCCESSFUL"))


def overtaken(sandbox: Sandbox) -> None:
    """The outcome came before the reports that it is queued and that it has begun."""
    post(sandbox, build(12, state="FAILED"))
    post(sandbox, build(11, state="IN_PROGRESS", completedAt=...))
    deployment, state = "event.deployment", "event.deployment.deploymentProperties.state"
    for number, name in ((22, "IN_PROGRESS"), (21, "PENDING"), (23, "SUCCESSFUL")):
        named = {f"{deployment}.updateSequenceNumber": number, state: name}
        post(sandbox, changed("deployment-full", named))


def begun_with_the_same_number(sandbox: Sandbox) -> None:
    post(sandbox, build(12, state="SUCCESSFUL"))
    post(sandbox, build(12, state="IN_PROGRESS", completedAt=...))


def begun_again(sandbox: Sandbox) -> None:
    """A second run under the identity of the first, with a number that does not rise."""
    post(sandbox, build(12, state="FAILED"))
    post(sandbox, build(11, state="IN_PROGRESS", startedAt="2026-11-23T20:00:00Z", completedAt=...))


def begun_for_another(sandbox: Sandbox) -> None:
    post(sandbox, build(12))
    post(sandbox, build(11, component=CART, state="IN_PROGRESS", completedAt=...))


def begun_twice(sandbox: Sandbox) -> None:
    for number in (12, 11, 13):
        state = "SUCCESSFUL" if number == 13 else "IN_PROGRESS"
        post(sandbox, build(number, state=state))


def reopened_in_vain(sandbox: Sandbox) -> None:
    place = "event.incident.incidentProperties.state"
    for number, state in ((12, "RESOLVED"), (11, "OPEN")):
        numbered = {"event.incident.updateSequenceNumber": number, place: state}
        post(sandbox, changed("incident-full", numbered))


def pushed_twice(sandbox: Sandbox) -> None:
    for text in ("once", "twice"):
        post(sandbox, changed("push-full", {"event.push.description": text}))


def shared(sandbox: Sandbox) -> None:
    pipeline = {"pipelineId": "another", "displayName": "CI"}
    post(sandbox, build())
    post(sandbox, build(component=CART, pipeline=pipeline))


def collided(sandbox: Sandbox) -> None:
    post(sandbox, build(1))
    post(sandbox, build(2, component=CART))


def two_sources(sandbox: Sandbox) -> None:
    post(sandbox, build(source="https://github.com/acme/shop"))
    post(sandbox, build(source="https://github.com/acme/shop.git#main"))


def without_start(sandbox: Sandbox) -> None:
    place = "event.deployment.deploymentProperties.startedAt"
    post(sandbox, changed("deployment-full", {place: ...}))


def backwards(sandbox: Sandbox) -> None:
    post(sandbox, build(startedAt="2026-11-23T18:00:00Z", completedAt="2026-11-23T17:00:00Z"))


def left_behind(sandbox: Sandbox) -> None:
    post(sandbox, build(state="IN_PROGRESS", completedAt=...))


@pytest.mark.parametrize(
    ("story", "kinds", "says"),
    [
        (good, [], ""),
        (fault_on_request, [], ""),
        (looked_around, [], ""),
        (rejected, ["rejected"], f"HTTP 400: {PART}.state: it must be one of IN_PROGRESS"),
        (over_the_limit, ["limit"], "HTTP 429: ada@example.com has used up this minute's requests"),
        (overwritten, ["overwritten"], "its outcome FAILED was overwritten by SUCCESSFUL"),
        (ignored, ["ignored"], "updateSequenceNumber 1 does not rise above 2"),
        (overtaken, [], ""),
        (begun_with_the_same_number, ["ignored"], "the update to IN_PROGRESS was ignored"),
        (begun_again, ["ignored"], "updateSequenceNumber 11 does not rise above 12"),
        (begun_for_another, ["ignored", "shared-source"], "11 does not rise above 12"),
        (begun_twice, ["ignored"], "the update to IN_PROGRESS was ignored"),
        (reopened_in_vain, ["ignored"], "the update to OPEN was ignored"),
        (pushed_twice, ["ignored"], "Test and build: an update was ignored: updateSequenceNumber"),
        (shared, ["shared-source"], "https://github.com/acme/shop sends (2 build events)"),
        (collided, ["collision", "shared-source"], "overwrote that of another"),
        (two_sources, ["two-sources"], "and from https://github.com/acme/shop.git#main"),
        (without_start, ["no-duration"], "the deployment is ROLLED_BACK and has no start"),
        (backwards, ["no-duration"], "ends before it starts"),
        (left_behind, ["unfinished"], "has been IN_PROGRESS since 2026-11-23 18:00 UTC"),
    ],
)
def test_a_problem_is_told_once(
    story: Callable[[Sandbox], None], kinds: list[str], says: str
) -> None:
    with running_sandbox(now=lambda: NOW) as sandbox:
        story(sandbox)
        page = requests.get(f"{sandbox.url}/problems?ended=true", timeout=10).json()
    assert [one["kind"] for one in page["problems"]] == kinds
    assert page["count"] == len(kinds)
    assert says in page["problems"][0]["says"] if kinds else page["problems"] == []
    assert all(one["title"] and one["hint"] for one in page["problems"])


def test_equal_rejections_are_counted_and_name_the_path() -> None:
    with running_sandbox() as sandbox:
        rejected(sandbox)
        [problem] = sandbox.problems()
    assert (problem.times, problem.paths) == (3, (f"{PART}.state",))


def test_something_in_progress_is_a_problem_after_a_while_or_when_all_has_ended() -> None:
    now = [NOW]
    with running_sandbox(now=lambda: now[0]) as sandbox:
        left_behind(sandbox)
        assert [one.kind for one in sandbox.problems(ended=True)] == ["unfinished"]
        assert sandbox.problems(ended=False) == []
        now[0] += timedelta(minutes=59)
        assert sandbox.problems(ended=False) == []
        now[0] += timedelta(minutes=1)
        assert [one.kind for one in sandbox.problems(ended=False)] == ["unfinished"]


@pytest.mark.parametrize(("story", "status"), [(good, 200), (overtaken, 200), (ignored, 409)])
def test_ci_is_told_by_the_status(story: Callable[[Sandbox], None], status: int) -> None:
    with running_sandbox() as sandbox:
        story(sandbox)
        url = f"{sandbox.url}/problems"
        assert requests.get(url, timeout=10).status_code == 200
        answer = requests.get(url, params={"ended": "true", "fail": "true"}, timeout=10)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://github.com/acme/shop", "https://github.com/acme/shop", True),
        ("https://github.com/acme/shop", "git+ssh://git@GitHub.com/acme/shop.git", True),
        ("https://github.com/acme/shop", "https://github.com/acme/shop/tree/main", True),
        ("https://github.com/acme/shop#main", "https://github.com/acme/shop?ref=dev", True),
        ("https://github.com/acme/shop", "https://github.com/acme/shop-api", False),
        ("https://github.com/acme/shop", "https://gitlab.com/acme/shop", False),
        ("shop", "billing", False),
    ],
)
def test_one_repository_is_recognised_in_two_sources(first: str, second: str, same: bool) -> None:
    assert is_one_repository(first, second) is same
    assert is_one_repository(second, first) is same


def test_two_components_of_one_repository_are_no_problem() -> None:
    """As the program sends them: the repository, and the component's own part."""
    with running_sandbox() as sandbox:
        for component in (SHOP, CART):
            source = f"https://github.com/acme/shop#{component[-36:]}"
            body = build(component=component, source=source)
            assert post(sandbox, body, AUTH).status_code == 202
        assert sandbox.problems() == []


def test_every_kind_is_told_with_what_to_do() -> None:
    assert set(KINDS) == {
        "rejected",
        "limit",
        "collision",
        "overwritten",
        "start-moved",
        "ignored",
        "shared-source",
        "two-sources",
        "no-duration",
        "unfinished",
    }
    assert all(kind.title and kind.hint.endswith(".") for kind in KINDS.values())
