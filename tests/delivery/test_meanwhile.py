"""What is sent in a thread of its own while something else is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from compass_action.connection.destination import EVENTS_PATH, Destination
from compass_action.delivery import meanwhile
from compass_action.delivery.client import Attempt
from compass_action.delivery.meanwhile import Meanwhile
from compass_action.sandbox import Sandbox, running_sandbox
from tests.delivery.sending import keys, payload


def test_the_second_step_gets_what_the_first_made() -> None:
    got: list[str] = []
    done = threading.Event()

    def then(made: str, over: threading.Event) -> None:
        got.append(made)
        assert not over.is_set()
        done.set()

    both = Meanwhile(lambda: "made", then)
    assert done.wait(10)
    assert both.finish() == "made"
    assert got == ["made"]


def test_what_went_wrong_in_the_first_step_is_raised_where_it_is_waited_for() -> None:
    """And the second is not begun."""
    begun: list[object] = []

    def fail() -> str:
        raise KeyError("x")

    both = Meanwhile(fail, lambda made, over: begun.append(made))
    with pytest.raises(KeyError):
        both.finish()
    assert begun == []


def test_the_second_step_is_not_begun_when_everything_is_over() -> None:
    begun: list[object] = []
    go = threading.Event()

    def make() -> str:
        assert go.wait(10)
        return "made"

    both = Meanwhile(make, lambda made, over: begun.append(made))
    threading.Timer(0.2, go.set).start()
    assert both.finish() == "made"
    time.sleep(0.1)
    assert begun == []


def test_the_end_is_told_to_a_second_step_that_is_under_way() -> None:
    begun, ended = threading.Event(), threading.Event()

    def then(made: str, over: threading.Event) -> None:
        begun.set()
        if over.wait(10):
            ended.set()

    both = Meanwhile(lambda: "made", then)
    assert begun.wait(10)
    assert not ended.is_set()
    both.finish()
    assert ended.wait(10)


def test_what_is_sent_meanwhile_arrives() -> None:
    told: list[Attempt] = []
    with running_sandbox() as sandbox:
        sandbox.add_faults([{"status": 401}])
        assert transmit(sandbox, told.append, threading.Event()) == ["credentials"]
        assert [(attempt.number, attempt.failed) for attempt in told] == [(1, True)]
        assert len(sandbox.requests) == 1


@pytest.mark.parametrize("delay", [0, 0.3])
def test_no_wait_outlives_the_end(delay: float) -> None:
    """Compass asks for a minute; nothing is asked again after the end, whenever in it that comes."""
    over = threading.Event()
    with running_sandbox() as sandbox:
        sandbox.add_faults([{"status": 503, "headers": {"Retry-After": "60"}}] * 9)
        start = time.monotonic()
        [key] = transmit(sandbox, lambda _: threading.Timer(delay, over.set).start(), over)
        assert key in ("server", "interrupted")
        assert time.monotonic() - start < 30
        assert len(sandbox.requests) == 1


def test_neither_step_keeps_the_process_alive() -> None:
    daemons: list[bool] = []
    done = threading.Event()

    def then(made: bool, over: threading.Event) -> None:
        daemons.extend([made, threading.current_thread().daemon])
        done.set()

    Meanwhile(lambda: threading.current_thread().daemon, then)
    assert done.wait(10)
    assert daemons == [True, True]


def test_a_wait_is_spent_waiting_for_the_end() -> None:
    """Compass asks for a minute, and chance adds half a minute at most."""
    waits: list[float | None] = []

    class Over(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            self.set()
            return True

    with running_sandbox() as sandbox:
        sandbox.add_faults([{"status": 503, "headers": {"Retry-After": "60"}}] * 9)
        assert transmit(sandbox, lambda _: None, Over()) == ["server"]
        assert len(sandbox.requests) == 1
    [wait] = waits
    assert wait is not None
    assert 55 < wait <= 90


def test_what_is_over_before_it_begins_is_not_sent() -> None:
    """Its waits would end at once, so that a server in trouble would be asked without a pause."""
    over = threading.Event()
    over.set()
    with running_sandbox() as sandbox:
        assert transmit(sandbox, lambda _: None, over) == ["interrupted"]
        assert sandbox.requests == []


def transmit(
    sandbox: Sandbox, tell: Callable[[Attempt], None], over: threading.Event
) -> list[str | None]:
    """Send one payload with a long budget; how it failed."""
    where = Destination(sandbox.url + EVENTS_PATH, "ada@acme.example", "correct-horse-battery")
    return keys(meanwhile.transmit([payload()], where, 600, tell, over))
