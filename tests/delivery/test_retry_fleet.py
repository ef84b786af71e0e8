"""What a fleet of jobs makes of the retry policy: nothing is lost, and hardly anything is late."""

# ruff: noqa: S311 - the same chance each time is wanted

from __future__ import annotations

import random

import pytest

from benchmarks import fleet
from compass_action.connection import one_at_a_time
from compass_action.connection.answer import Answer, Reply
from compass_action.delivery import client
from compass_action.schemas import Payload


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_simulated_job_waits_as_the_client_does(seed: int, alone: bool) -> None:
    """The fleet's figures are those of the real client: the same answers lead to the same requests."""
    statuses = random.Random(seed).choices([202, 429, 503], [5, 1, 2], k=500)

    def play_client() -> list[tuple[float, int]]:
        clock, script, asked = [1000.0], iter(statuses), []

        def ask(body: bytes, seconds: float) -> Reply:
            asked.append((clock[0], int(body)))
            clock[0] += fleet.LATENCY
            return Reply(Answer(next(script), b""))

        def sleep(seconds: float) -> None:
            clock[0] += seconds

        work = client.Clockwork(lambda: clock[0], sleep, random.Random(seed).uniform)
        payloads = [Payload("build", "c", str(n).encode()) for n in range(150)]
        client.send(payloads, one_at_a_time(ask), 900, work, alone=alone)
        return asked

    def play_fleet() -> list[tuple[float, int]]:
        script, asked = iter(statuses), []

        def answer(event: int, now: float) -> int:
            asked.append((now, event))
            return next(script)

        uniform = random.Random(seed).uniform
        sender, now = fleet.send(range(150), 900, 1000.0, answer, uniform, alone=alone), 1000.0
        try:
            pause = next(sender)
            while True:
                now += pause
                pause = sender.send(now)
        except StopIteration:
            return asked

    expected = play_client()
    assert len(expected) > 80
    played = play_fleet()
    assert [event for _, event in played] == [event for _, event in expected]
    assert [at for at, _ in played] == pytest.approx([at for at, _ in expected])


@pytest.mark.parametrize("scenario", fleet.SCENARIOS, ids=lambda s: f"{s.name}, {s.budget:.0f} s")
def test_a_fleet_loses_nothing(scenario: fleet.Scenario) -> None:
    """Accepted or in an outbox, never neither; and Compass's limit is the only brake on a replay."""
    outcome = fleet.simulate(scenario, seed=2)
    assert outcome.lost == 0
    assert outcome.accepted + outcome.spooled == scenario.jobs
    assert outcome.requests / scenario.jobs >= outcome.bound - 0.05
    if scenario.replay_every:
        assert outcome.spooled == 0


def test_small_budgets_and_one_replay_come_near_the_optimum() -> None:
    """What docs/reliability.md recommends: hardly later than the optimum, and hardly more requests
    than clients that do not know each other can do with.
    """
    for scenario in fleet.SCENARIOS:
        if scenario.budget == 1:
            outcome = fleet.typical(scenario)
            assert outcome.finish / outcome.optimum <= 1.2
            assert outcome.requests / scenario.jobs <= outcome.bound + 0.05
