"""The formats of the schemas, and the order of times; the addresses are told in tests/inputs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from compass_action.schemas.formats import FORMATS, parse_date_time, read_disorder

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
UUID = "30307f94-33fc-4613-8f8c-4f8a5a7f6d6b"
COMPONENT = f"ari:cloud:compass:{CLOUD}:component/{CLOUD}/{UUID}"
NO_TEXTS: tuple[object, ...] = (None, 7, True, 0.5, [], {})


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date-time", ["2026-11-23T17:59:00Z"], ["", "2026-11-23", "2026-11-23T17:59:00"]),
        (
            "url",
            ["https://ci.example.com/7", "http://[::1]:8080"],
            ["", "ftp://c", "https://a:b@c"],
        ),
        ("component-id", [COMPONENT], ["", CLOUD, COMPONENT.upper(), COMPONENT + "\n"]),
        ("cloud-id", [CLOUD], ["", "acme", CLOUD.upper(), CLOUD + "\n"]),
    ],
)
def test_a_format_judges_texts_and_nothing_else(name: str, good: list[str], bad: list[str]) -> None:
    assert list(FORMATS) == ["date-time", "url", "component-id", "cloud-id"]
    for text in (*good, *NO_TEXTS):
        assert FORMATS[name](text) is True, text
    for text in bad:
        assert FORMATS[name](text) is False, text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T17:59:00Z", datetime(2026, 11, 23, 17, 59, tzinfo=UTC)),
        ("2026-11-23T17:59:00.25+01:30",
         datetime(2026, 11, 23, 17, 59, 0, 250_000, timezone(timedelta(minutes=90)))),
        ("2026-11-23T17:59:00-00:00", datetime(2026, 11, 23, 17, 59, tzinfo=UTC)),
        ("2026-11-23t17:59:00Z", None),
        ("2026-11-23T17:59:00z", None),
        ("2026-11-23 17:59:00Z", None),
        ("2026-11-23T17:59:00+0100", None),
        ("2026-11-23T17:59:00+01", None),
        ("2026-11-23T17:59:00", None),
        ("2026-02-30T00:00:00Z", None),
        ("0000-01-01T00:00:00Z", None),
        (None, None),
        (7, None),
    ],
)  # fmt: skip
def test_a_time_is_read_strictly(text: object, moment: datetime | None) -> None:
    assert parse_date_time(text) == moment


def build(**times: object) -> Any:
    return {"event": {"build": {"buildProperties": times}}}


EARLIER, LATER = "2026-11-23T17:59:00Z", "2026-11-23T17:59:00.001Z"


@pytest.mark.parametrize(
    ("request_", "disordered"),
    [
        (build(startedAt=LATER, completedAt=EARLIER), True),
        (build(startedAt=LATER, completedAt=LATER), False),
        (build(startedAt=EARLIER, completedAt=LATER), False),
        (build(startedAt=LATER), False),
        (build(completedAt=EARLIER), False),
        (build(startedAt="soon", completedAt=EARLIER), False),
        (build(startedAt=LATER, completedAt=None), False),
        ({"event": {"build": {"buildProperties": []}}}, False),
        ({"event": {"build": 7}}, False),
        ({"event": {"deployment": {}}}, False),
        (None, False),
    ],
)
def test_an_end_before_the_beginning_is_found_and_nothing_else(
    request_: object, disordered: bool
) -> None:
    where = ("event", "build", "buildProperties", "completedAt")
    assert list(read_disorder("build", request_)) == ([(where, "startedAt")] if disordered else [])
