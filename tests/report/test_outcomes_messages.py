"""From events and receipts to what is said: before they are sent, and of what became of them."""

from __future__ import annotations

import pytest

from compass_action.delivery.receipt import Receipt
from compass_action.event.event import Event
from compass_action.report import outcomes
from compass_action.report.outcomes import Message
from tests.report.receipts import ACCEPTED, EVENTS, KEPT, LASTING, LOST, REFUSED, payload


def test_the_opening_says_what_is_about_to_be_sent() -> None:
    assert outcomes.opening(EVENTS, "https://acme.atlassian.net/gateway/api") == [
        Message("info", 'deployment FAILED "Shop #42"'),
        Message("info", "environment Production (PRODUCTION), 2 components on acme.atlassian.net"),
        Message(
            "debug",
            "pipeline ci.acme.example/shop, environment prod, sequence number 42, update 7",
        ),
    ]
    part = {"status": "MERGED", "id": "44"}
    request = Event("pullRequest", "c", "one", {"pullRequestProperties": part})
    assert outcomes.opening([request])[0] == Message("info", 'pullRequest MERGED "44"')
    custom = Event("custom", "c", "one", {"displayName": "Cache warmed"}, component_name="Shop")
    assert outcomes.opening([custom])[:2] == [
        Message("info", 'custom "Cache warmed"'),
        Message("info", "component Shop"),
    ]


def closing(*receipts: Receipt, outbox: str | None = None, kept: str = "") -> list[Message]:
    return outcomes.closing(receipts, "warning", outbox, kept)


def test_what_was_accepted_is_said_in_one_line() -> None:
    assert closing(ACCEPTED) == [Message("success", "accepted by Compass")]
    other = ACCEPTED._replace(payload=payload("two"))
    assert closing(ACCEPTED, other) == [Message("success", "accepted by Compass for 2 components")]
    assert closing(ACCEPTED, ACCEPTED) == [Message("success", "accepted by Compass for 2 events")]
    assert closing(ACCEPTED, REFUSED)[0] == Message(
        "success", "accepted by Compass for 1 of 2 components"
    )


@pytest.mark.parametrize(
    ("failed", "outbox", "kept", "last"),
    [
        (REFUSED, "box", "", "Nothing was stored; sending it again unchanged would fail again."),
        (LOST, None, "", "The event is lost. Give outbox to keep such events for a replay."),
        (LOST, "box", "", "It could not be kept in the outbox, so the event is lost."),
        (KEPT, "box", "", "Kept in box; send it later with: compass-event replay box"),
        (LOST, None, "box", "It stays in box."),
    ],
)
def test_a_failure_says_what_to_do_and_where_the_event_is(
    failed: Receipt, outbox: str | None, kept: str, last: str
) -> None:
    assert failed.failure
    [message] = closing(failed, outbox=outbox, kept=kept)
    assert (message.level, message.title) == ("warning", failed.failure.headline)
    assert message.text.split("\n") == [
        f"{failed.detail} (attempts: {failed.attempts})",
        failed.failure.hint,
        "Component: two",
        last,
    ]


def test_failures_with_one_cause_are_told_once() -> None:
    """The first three names and answers; of each answer the most attempts, the most of all first."""
    many = [
        LOST._replace(payload=payload(name), detail=detail, attempts=attempts)
        for name, detail, attempts in [
            ("a", "HTTP 503", 1), ("b", "HTTP 503", 4), ("c", "", 2), ("d", "HTTP 500", 3),
            ("e", "not tried", 0),
        ]
    ]  # fmt: skip
    [message, other] = closing(*many, REFUSED)
    assert message.text.split("\n") == [
        "HTTP 503 (attempts: 4)",
        "HTTP 500 (attempts: 3)",
        "no answer yet (attempts: 2)",
        "Come back later.",
        "Component: a, b, c and 2 more",
        "The event is lost. Give outbox to keep such events for a replay.",
    ]
    assert other.title == "Compass said no"


def test_one_failure_with_two_things_to_do_is_two_messages() -> None:
    """What an answer's own error says to do stands with its components alone."""
    other = REFUSED._replace(failure=LASTING._replace(hint="Fix the other thing."))
    assert [message.text.split("\n")[1] for message in closing(REFUSED, other)] == [
        "Fix it.",
        "Fix the other thing.",
    ]


def test_a_component_is_told_by_its_name_where_it_is_known() -> None:
    """Once, however many of its events failed."""
    failed = [LOST, LOST._replace(payload=payload("ari/three")), LOST]
    [message] = outcomes.closing(failed, "error", None, names={"two": "Till"})
    assert message.level == "error"
    assert message.text.split("\n")[2] == "Component: Till, three"


def test_of_what_stays_after_a_replay_the_number_is_told_once_it_is_large() -> None:
    """Up to three by name."""
    many = [LOST._replace(payload=payload(name)) for name in "abcd"]
    texts = {}
    for number in (2, 3, 4):
        [message] = closing(*many[:number], kept="box")
        texts[number] = message.text.split("\n")[2:]
    assert texts == {
        2: ["Component: a, b", "They stay in box."],
        3: ["Component: a, b, c", "They stay in box."],
        4: ["4 events of 4 components", "They stay in box."],
    }
    [message] = closing(*[LOST] * 4, kept="box")
    assert message.text.split("\n")[2:] == ["4 events of 1 component", "They stay in box."]


def test_up_to_three_components_are_named() -> None:
    for names, shown in (("abc", "a, b, c"), ("abcd", "a, b, c and 1 more")):
        [message] = closing(*[LOST._replace(payload=payload(name)) for name in names])
        assert message.text.split("\n")[2] == f"Component: {shown}"


def test_what_was_not_tried_has_no_attempts() -> None:
    [message] = closing(LOST._replace(detail="no time was left", attempts=0))
    assert message.text.split("\n")[0] == "no time was left"
    [message] = closing(LOST._replace(detail="", attempts=0))
    assert message.text.split("\n")[0] == "Come back later."


def test_where_some_were_kept_and_some_were_not_the_event_is_not_said_to_be_kept() -> None:
    [message] = closing(KEPT, LOST._replace(payload=payload("three")), outbox="box")
    assert (
        message.text.split("\n")[-1] == "It could not be kept in the outbox, so the event is lost."
    )


def test_a_start_that_is_lost_is_one_line() -> None:
    """With what the end will do about it."""
    for detail, remembered, text in (
        ("HTTP 503", True,
         "Compass is down (HTTP 503), so the start is not shown yet. The outcome will carry it."),
        ("", False,
         "Compass is down, so the start is not shown yet. Pass started-at with the outcome."),
    ):  # fmt: skip
        found = outcomes.begin_lost("Compass is down", detail, remembered=remembered)
        assert found == Message("warning", text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (30.0, ""),
        (-30.0, ""),
        (30.4, "30 s ahead of"),
        (31.0, "31 s ahead of"),
        (-30.6, "31 s behind"),
    ],
)
def test_a_clock_that_is_half_a_minute_off_is_told(seconds: float, said: str) -> None:
    """The last answer that told the time counts."""
    told = [ACCEPTED._replace(clock_ahead_seconds=n) for n in (99.0, seconds, None)]
    text = (
        f"This runner's clock is {said} Compass's. Updates are numbered by time, so Compass may ignore "
        "one that a runner with another clock reports. Set the runner's clock."
    )
    expected = [Message("warning", text, "The clocks disagree")] if said else []
    assert outcomes.clock(told) == expected


def test_a_clock_that_nobody_compared_is_not_told() -> None:
    assert outcomes.clock([ACCEPTED]) == []
    assert outcomes.clock([]) == []
