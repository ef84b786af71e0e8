"""The invariants of identity, over generated histories of the nineteen further CI systems."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings

from compass_action import ci
from compass_action.schemas import validate
from compass_action.text import Secrets
from compass_action.tracking import Identity
from tests.histories.further import Report, Sent, histories, place_of, play, write
from tests.histories.systems import SYSTEMS

invariant = settings(max_examples=100, deadline=None)


def grouped(sent: list[Sent]) -> list[list[Sent]]:
    """The reports of each thing, in order of time."""
    found: defaultdict[tuple[str, int], list[Sent]] = defaultdict(list)
    for one in sent:
        found[one.report.thing.system, one.report.thing.serial].append(one)
    return list(found.values())


def test_every_further_system_has_histories() -> None:
    assert set(SYSTEMS) | {"github", "bitbucket", "gitlab", "unknown"} == set(ci.SYSTEMS)


@invariant
@given(histories())
def test_two_builds_never_share_an_id_and_two_deployments_never_share_the_three(
    history: list[Report],
) -> None:
    """Also on two installations, or two systems, that build the same repository; a re-run is new."""
    owners: defaultdict[Identity, set[tuple[str, int]]] = defaultdict(set)
    for one in play(history):
        owners[one.identity].add((one.report.thing.system, one.report.thing.serial))
    assert {name: things for name, things in owners.items() if len(things) > 1} == {}


@invariant
@given(histories())
def test_every_update_of_one_thing_has_the_same_identity_and_a_higher_number(
    history: list[Report],
) -> None:
    """Also where the clock stepped back before the end, and where the start itself is the id."""
    for thing in grouped(play(history)):
        assert len({one.identity for one in thing}) == 1
        numbers = [one.event.body["updateSequenceNumber"] for one in thing]
        assert all(a < b for a, b in pairwise(numbers))
        starts = {one.event.part.get("startedAt") for one in thing}
        assert len(starts) == 1


@invariant
@given(histories())
def test_sequence_numbers_rise_in_the_system_s_own_order(history: list[Report]) -> None:
    """Within a pipeline and environment; and they fit into what JSON can carry."""
    places: defaultdict[Identity, list[tuple[tuple[int, ...], int]]] = defaultdict(list)
    for thing in grouped(play(history)):
        first = thing[0]
        if first.report.thing.environment:
            number = first.identity.sequence_number
            assert number is not None
            assert 0 < number < 2**53
            where = first.identity._replace(sequence_number=None)
            places[where].append((place_of(first.report.thing, first.report), number))
    for found in places.values():
        numbers = [number for _, number in sorted(found)]
        assert all(a < b for a, b in pairwise(numbers)), found


# On Travis and AppVeyor the jobs of a run share nothing that tells when it began, unless `record` names
# a file; on TeamCity and Bitrise each job is a run of its own.
WHOLE = [name for name in SYSTEMS if name not in ("travis", "appveyor", "teamcity", "bitrise")]


@pytest.mark.parametrize("system", [name for name in WHOLE if SYSTEMS[name].builds])
def test_in_scope_run_all_jobs_of_a_run_report_one_thing(system: str) -> None:
    """And jobs of other runs another one; where attempts of the whole are counted, each is one."""
    owners: defaultdict[Identity, set[tuple[str, int]]] = defaultdict(set)
    names: defaultdict[tuple[str, int, int], set[Identity]] = defaultdict(set)
    for report in write(Random(7), system, 40):  # noqa: S311 - not for secrets
        of = report.thing.execution
        env = report.env | {"COMPASS_SCOPE": "run", "COMPASS_EVENT_TYPE": "build"}
        [one] = play([report._replace(env=env)])
        owners[one.identity].add((of.server, of.run_id))
        names[of.server, of.run_id, of.attempt].add(one.identity)
    assert {len(runs) for runs in owners.values()} == {1}
    if SYSTEMS[system].again != "nothing":
        assert {len(identities) for identities in names.values()} == {1}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_long_history_has_everything_in_it_and_every_event_is_valid(system: str) -> None:
    """So that the properties cannot hold because nothing happened."""
    history = write(Random(20261125), system, 60)  # noqa: S311 - not for secrets
    sent = play(history)
    for one in sent:
        validate(one.event, Secrets())
    things = {report.thing.serial: report.thing for report in history}.values()
    assert {thing.execution.server for thing in things} == {"one.example", "two.example"}
    assert sum(thing.reruns is not None for thing in things) > 9
    assert sum(report.tracked for report in history) > 9
    kinds = {thing.environment is not None for thing in things}
    assert kinds == ({True, False} if SYSTEMS[system].builds else {True})
    assert (max(thing.execution.legs for thing in things) > 1) == SYSTEMS[system].legs
    assert len({one.identity for one in sent}) == len(things)
