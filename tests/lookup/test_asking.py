"""How a server is asked: within the shorter of two times, and what its answer is read as."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.connection import exchange
from compass_action.connection.answer import Answer, TooLargeError
from compass_action.connection.budget import Budget
from compass_action.connection.exchange import Reply
from compass_action.connection.request import Request
from compass_action.lookup.asking import Failed, Told, asker, once, read

HANGING = OSError("it hangs up")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (Answer(200, b'{"a": [1]}'), {"a": [1]}),
        (Answer(200, b"null"), None),
        (Answer(200, b"{"), Failed(Answer(200, b"{"), "the answer is not JSON")),
        (Answer(200, b"\xff"), Failed(Answer(200, b"\xff"), "the answer is not JSON")),
        (
            Answer(200, b"[" * 100_000),
            Failed(Answer(200, b"[" * 100_000), "the answer is not JSON"),
        ),
        (Answer(201, b"{}"), Failed(Answer(201, b"{}"))),
        (Answer(404, b"{}"), Failed(Answer(404, b"{}"))),
        (HANGING, Failed(HANGING)),
        (TooLargeError(), Failed(None, "the answer is too large")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_only_the_json_of_a_200_is_read(answer: Answer | Exception, value: Any) -> None:
    assert read(answer) == value


def test_a_failure_has_the_status_of_its_answer() -> None:
    assert Failed(Answer(403, b"")).status == 403
    assert Failed(HANGING).status is None
    assert Failed().status is None


@pytest.mark.parametrize(
    ("left", "each", "taken"),
    [(60.0, 5.0, 5.0), (3.0, 5.0, 3.0), (0.1, 5.0, 0.1), (60.0, 0.1, 0.1), (60.0, None, 5.0)],
)
def test_a_question_takes_the_shorter_of_two_times(
    left: float, each: float | None, taken: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own, which is five seconds as a rule, and what is left of the budget."""
    given: list[float] = []

    def answered(request: Request, seconds: float) -> Reply:
        given.append(seconds)
        return Reply(Answer(200, b"[7]"), 2.5)

    monkeypatch.setattr(exchange, "exchange", answered)
    monkeypatch.setattr(Budget, "left", left)
    ask = asker(Budget(60)) if each is None else asker(Budget(60), each)
    assert ask(Request("https://acme.example/")) == Told([7], 2.5)
    assert given == [taken]


def test_without_time_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "exchange", None)
    monkeypatch.setattr(Budget, "left", 0.09)
    told = asker(Budget(60))(Request("https://acme.example/"))
    assert told == Told(Failed(None, "there was no time left to ask"))


def test_what_many_events_ask_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it failed. Another text at the same address is another question."""
    asked: list[tuple[str, bytes | None]] = []

    def answered(request: Request, seconds: float) -> Reply:
        asked.append((request.url, request.body))
        return Reply(HANGING if request.body == b"b" else Answer(200, b"[7]"))

    monkeypatch.setattr(exchange, "exchange", answered)
    ask = once(Budget(60))
    questions = [Request("u", body=b"a"), Request("u", body=b"b"), Request("v", body=b"a")]
    first = [ask(question) for question in questions]
    assert [ask(question) for question in questions] == first
    assert [told.value for told in first] == [[7], Failed(HANGING), [7]]
    assert asked == [("u", b"a"), ("u", b"b"), ("v", b"a")]


@pytest.mark.parametrize(("left", "answered"), [(True, 103), (False, 100)])
def test_no_more_than_a_hundred_questions_are_asked_in_a_minute(
    left: bool, answered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one waits; without time for that, it is not asked."""
    waited: list[float] = []

    def wait(budget: Budget, seconds: float) -> bool:
        waited.append(seconds)
        return left

    monkeypatch.setattr(exchange, "exchange", lambda *_: Reply(Answer(200, b"[7]")))
    monkeypatch.setattr(Budget, "spent", 10.0)
    monkeypatch.setattr(Budget, "wait", wait)
    ask = once(Budget(600))
    told = [ask(Request(f"u{number}")).value for number in range(103)]
    assert told.count([7]) == answered
    assert waited == [61.0, 61.0, 61.0]
    if not left:
        assert told[100:] == [Failed(None, "there was no time left to ask")] * 3
