"""From receipts to what is said and left behind: outcome, outputs, messages, exit code. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from compass_action.delivery.receipt import Receipt
from compass_action.errors import CLOCKS
from compass_action.event import tracked_of
from compass_action.event.event import Event
from compass_action.schemas import Payload
from compass_action.text import json_line
from compass_action.tracking import OUTPUTS, Tracked

from . import lines
from .report import Report, Row

NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Message(NamedTuple):
    """One thing to say."""

    level: str
    text: str
    title: str = ""


def outcome(receipts: Sequence[Receipt]) -> str:
    """Sum up the receipts in one word."""
    accepted = sum(receipt.accepted for receipt in receipts)
    if accepted == len(receipts):
        return "accepted"
    if accepted:
        return "partial"
    return "spooled" if all(receipt.spooled for receipt in receipts) else "failed"


def outputs(
    summary: str,
    events: Sequence[Event],
    payloads: Sequence[Payload] = (),
    receipts: Sequence[Receipt] = (),
) -> dict[str, str]:
    """Fill the outputs; what does not apply is left out."""
    found = {"outcome": summary}
    if events:
        found |= tracked_of(events[0]).outputs
        found["component-ids"] = ",".join(e.component_id for e in events)
    statuses = [r.http_status for r in receipts if r.http_status is not None]
    if statuses:
        found["http-status"] = str(statuses[-1])
    if receipts:
        found["send-attempts"] = str(sum(r.attempts for r in receipts))
    if payloads:
        found["payload"] = _payload(payloads)
    return {name: found[name] for name in OUTPUTS if name in found}


def _payload(payloads: Sequence[Payload]) -> str:
    requests = [json.loads(payload.body) for payload in payloads]
    return json_line(requests[0] if len(requests) == 1 else requests)


def row(receipt: Receipt) -> Row:
    """Sum up one receipt for the summary and for machines."""
    payload, failure = receipt.payload, receipt.failure
    found = Row(
        payload.component_id,
        "accepted",
        event_type=payload.event_type,
        attempts=receipt.attempts,
        http_status=receipt.http_status,
    )
    if failure is None:
        return found
    return found._replace(
        outcome="spooled" if receipt.spooled else "failed",
        detail=receipt.detail,
        headline=failure.headline,
        hint=failure.hint,
    )


def report(
    summary: str,
    events: Sequence[Event],
    payloads: Sequence[Payload],
    receipts: Sequence[Receipt] = (),
    tracked: Tracked | None = None,
) -> Report:
    """Gather what is left behind for outputs, summary and later stages."""
    event = events[0]
    plain = (Row(e.component_id, summary, event_type=e.event_type) for e in events)
    facts = {
        "environment": lines.environment(event.part).removeprefix("environment "),
        "duration": lines.duration(event).removeprefix("took "),
    }
    return Report(
        outputs=outputs(summary, events, payloads, receipts),
        rows=tuple(map(row, receipts)) or tuple(plain),
        title=str(event.body.get("displayName", "")),
        url=str(event.body.get("url", "")),
        tracked=tracked,
        facts={name: text for name, text in facts.items() if text},
        names={e.component_id: e.component_name for e in events if e.component_name},
    )


def opening(events: Sequence[Event], address: str = "") -> list[Message]:
    """Say what is about to be sent, and where it goes, in two lines."""
    return [
        Message("info", lines.what(events[0])),
        Message("info", lines.where(events, address)),
        Message("debug", lines.identity(events[0])),
    ]


def closing(
    receipts: Sequence[Receipt],
    level: str,
    outbox: str | None,
    kept: str = "",
    names: Mapping[str, str] = NO_NAMES,
) -> list[Message]:
    """Say what became of each component. Failures with one cause are told once.

    `outbox` is where events were to be kept; `kept` where they are anyhow, in a replay; `names` are
    the components' own, by ARI.
    """
    messages = accepted(receipts)
    causes: dict[tuple[str, str], list[Receipt]] = {}
    for receipt in receipts:
        if receipt.failure:
            cause = (receipt.failure.headline, receipt.failure.hint)
            causes.setdefault(cause, []).append(receipt)
    for (headline, hint), failed in causes.items():
        aris = [receipt.payload.component_id for receipt in failed]
        told = list(dict.fromkeys(names.get(ari) or lines.last_part(ari) for ari in aris))
        who = f"Component: {_some(told, ', ')}"
        left = _whereabouts(failed, outbox)
        if kept:
            left = f"It stays in {kept}." if len(failed) == 1 else f"They stay in {kept}."
        if kept and len(failed) > SHOWN_MAX:
            who = f"{len(failed)} events of {_count(len(told), 'component')}"
        text = [*_details(failed), hint, who, left]
        messages.append(Message(level, "\n".join(filter(None, text)), headline))
    return messages


def accepted(receipts: Sequence[Receipt]) -> list[Message]:
    """Say for how many components Compass has taken the event."""
    taken = [receipt for receipt in receipts if receipt.accepted]
    if not taken:
        return []
    if len(receipts) == 1:
        return [Message("success", "accepted by Compass")]
    what = "events" if len({r.payload.component_id for r in taken}) < len(taken) else "components"
    number = len(receipts)
    count = f"{len(taken)} of {number}" if len(taken) < number else f"{number}"
    return [Message("success", f"accepted by Compass for {count} {what}")]


def begin_lost(headline: str, detail: str, *, remembered: bool) -> Message:
    """Say in one line that the start is not shown, and what the end will do about it."""
    said = f" ({detail})" if detail else ""
    later = "The outcome will carry it." if remembered else "Pass started-at with the outcome."
    return Message("warning", f"{headline}{said}, so the start is not shown yet. {later}")


CLOCK_TOLERANCE_SECONDS = 30


def clock(receipts: Sequence[Receipt]) -> list[Message]:
    """Warn if our clock and the server's are apart."""
    told = [r.clock_ahead_seconds for r in receipts if r.clock_ahead_seconds is not None]
    if not told or abs(told[-1]) <= CLOCK_TOLERANCE_SECONDS:
        return []
    side = "ahead of" if told[-1] > 0 else "behind"
    text = (
        f"This runner's clock is {abs(told[-1]):.0f} s {side} Compass's. Updates are numbered by time, so "
        "Compass may ignore one that a runner with another clock reports. Set the runner's clock."
    )
    return [Message("warning", text, CLOCKS)]


SHOWN_MAX = 3


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _some(texts: Sequence[str], separator: str) -> str:
    left = len(texts) - SHOWN_MAX
    return separator.join(texts[:SHOWN_MAX]) + (f" and {left} more" if left > 0 else "")


def _details(failed: Iterable[Receipt]) -> list[str]:
    """Say what the server or the network said, each thing once, the most attempts first."""
    attempts: dict[str, int] = {}
    for receipt in failed:
        attempts[receipt.detail] = max(receipt.attempts, attempts.get(receipt.detail, 0))
    ordered = sorted(attempts.items(), key=lambda item: -item[1])
    said = [
        f"{detail or 'no answer yet'} (attempts: {n})" if n else detail for detail, n in ordered
    ]
    return said[:SHOWN_MAX]


def _whereabouts(failed: Sequence[Receipt], outbox: str | None) -> str:
    kept = sum(receipt.spooled for receipt in failed)
    if kept == len(failed):
        return f"Kept in {outbox}; send it later with: compass-event replay {outbox}"
    if outbox and any(r.failure and r.failure.spool for r in failed):
        return "It could not be kept in the outbox, so the event is lost."
    if any(r.failure and r.failure.spool for r in failed):
        return "The event is lost. Give outbox to keep such events for a replay."
    return "Nothing was stored; sending it again unchanged would fail again."
