"""The six invariants of identity, over generated histories of up to three repositories."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

from compass_action.connection import one_at_a_time
from compass_action.connection.connection import Connection
from compass_action.connection.destination import EVENTS_PATH, Destination
from compass_action.delivery import client, outbox
from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.schemas import Payload, validate
from compass_action.text import Secrets
from compass_action.tracking import Identity
from tests.delivery.sending import Clock
from tests.histories import Report, Sent, histories, play
from tests.histories.worst import Feed

invariant = settings(max_examples=120, deadline=None)


Reported = tuple[int, tuple[str, ...]]
"""A thing, and the components for which a step reports it."""


def grouped(sent: list[Sent]) -> dict[Reported, list[Sent]]:
    """The reports of each thing, in order of time."""
    found: defaultdict[Reported, list[Sent]] = defaultdict(list)
    for one in sent:
        found[one.thing.serial, one.report.components].append(one)
    return found


@invariant
@given(histories())
def test_two_builds_never_share_an_id_and_two_deployments_never_share_the_three(
    history: list[Report],
) -> None:
    """Wherever they happened: also on two hosts, or for two components."""
    owners: defaultdict[Identity, set[int]] = defaultdict(set)
    for one in play(history):
        owners[one.identity].add(one.thing.serial)
    assert {name: things for name, things in owners.items() if len(things) > 1} == {}


@invariant
@given(histories())
def test_every_update_of_one_thing_has_the_same_identity(history: list[Report]) -> None:
    """Whichever stage of the job sends it, and in scope `run` whichever job.

    On Bitbucket and GitLab a retry inside a pipeline belongs to the same run: they count no attempt
    of the whole pipeline. The event source, the components and the true start stay as well.
    """
    for thing in grouped(play(history)).values():
        assert len({one.identity for one in thing}) == 1
        assert {one.events[0].event_type for one in thing} == {thing[0].thing.kind}
        for one in thing:
            repository = one.thing.repository
            assert tuple(event.component_id for event in one.events) == one.report.components
            sources = [event.body["externalEventSourceId"] for event in one.events]
            assert sources == [repository.source(name) for name in one.report.components]
            begun = one.report.begun
            assert begun is None or one.events[0].part["startedAt"] == f"{begun:%FT%TZ}"


@invariant
@given(histories())
def test_a_rerun_is_a_new_build_and_a_new_deployment(history: list[Report]) -> None:
    """On GitHub each run attempt, elsewhere each retry of a job: the failed one stays in the feed."""
    things = grouped(play(history))
    reruns = [sent[0] for sent in things.values() if sent[0].thing.reruns is not None]
    assume(reruns)
    for rerun in reruns:
        original = things[rerun.thing.reruns or 0, rerun.report.components]
        assert rerun.identity not in {one.identity for one in original}
        assert len({one.identity for one in original}) == 1


@invariant
@given(histories())
def test_sequence_numbers_rise_and_fit_and_so_do_update_sequence_numbers(
    history: list[Report],
) -> None:
    """Within a pipeline and environment, in the host's own order: on GitHub that in which its jobs
    were created; on a server that does not tell it, (run number, attempt, leg), so that the re-run
    of an old run stays older than the newer runs.

    The updates of one thing rise strictly, also where the clock stepped back between two stages.
    """
    places: defaultdict[Identity, dict[tuple[int, ...], int]] = defaultdict(dict)
    for thing in grouped(play(history)).values():
        assert all(a.update_sequence_number < b.update_sequence_number for a, b in pairwise(thing))
        if thing[0].thing.kind == "deployment":
            number = thing[0].sequence_number
            assert 0 < number < 2**53
            place = thing[0].identity._replace(sequence_number=None)
            places[place][thing[0].thing.place] = number
    for numbers in places.values():
        in_order = [number for _, number in sorted(numbers.items())]
        assert all(a < b for a, b in pairwise(in_order))


@pytest.fixture(scope="module")
def unsteady() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as sandbox:
        yield sandbox


@invariant
@given(histories(runs=1))
def test_a_retry_and_a_replay_send_the_very_same_bytes(
    unsteady: Sandbox, tmp_path_factory: pytest.TempPathFactory, history: list[Report]
) -> None:
    """So that Compass, which counts updates, takes them for the one event they are."""
    payload = validate(play(history)[0].events[0], Secrets())
    destination = Destination(unsteady.url + EVENTS_PATH, "ada@example.com", "secret")
    connection = Connection(destination)
    asking = one_at_a_time(connection.ask)
    clockwork = Clock().work  # in which waiting takes no time
    unsteady.clear()
    unsteady.add_faults([{"status": 503, "times": 1}])
    (receipt,) = client.send([payload], asking, 60, clockwork)
    assert (receipt.attempts, receipt.accepted) == (2, True)

    file: Path = tmp_path_factory.mktemp("outbox") / "events.jsonl"
    outbox.spool(str(file), [payload], destination.url)
    (entry,), damaged = outbox.read(str(file))
    assert damaged == []
    client.send([Payload(*entry.request)], asking, 60, clockwork)
    connection.close()

    assert {request.body for request in unsteady.requests} == {payload.body}
    (event,) = unsteady.feed()["events"]
    verdicts: list[Any] = [update["verdict"] for update in event["history"]]
    assert verdicts == ["created", "ignored"]


@invariant
@given(histories())
def test_no_event_of_one_component_shows_on_or_overwrites_one_of_another(
    history: list[Report],
) -> None:
    """However Compass is read: several components in one call, in two steps of a job, in two jobs."""
    feed = Feed()
    reported: defaultdict[str, list[int]] = defaultdict(list)
    for one in play(history):
        for event in one.events:
            feed.send(json.loads(validate(event, Secrets()).body) | {"thing": one.thing.serial})
            reported[event.component_id].append(one.thing.serial)
    assert feed.ignored == []
    for component, things in reported.items():
        shown = [{update["thing"] for update in all_} for all_ in feed.shown_on(component)]
        assert [one for one in shown if len(one) > 1] == []
        assert sorted(serial for one in shown for serial in one) == sorted(set(things))
