"""What one line of an outbox may be."""

from __future__ import annotations

import pytest

from compass_action.delivery import outbox
from tests.delivery.lines import URL, line, small


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 1}', "a key stands twice in one object"),
        ('[{"b": {"a": 1, "c": 2, "a": 3}}]', "a key stands twice in one object"),
        ("NaN", "NaN is no JSON"),
        ("[-Infinity]", "-Infinity is no JSON"),
    ],
)
def test_json_that_has_two_readings_is_none(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared
        outbox.read_json_once(text)
    assert str(caught.value) == message


def test_json_that_has_one_reading_is_read() -> None:
    assert outbox.read_json_once('{"a": [1, {"a": null}]}') == {"a": [1, {"a": None}]}
    assert outbox.read_json_once(b"{}") == {}


GOOD = line(b"a").rstrip().decode()


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('"version":1', '"version":2'),
        GOOD.replace('"version":1', '"version":"1"'),
        GOOD.replace('"version":1,', ""),
        GOOD.replace('"build"', "1"),
        GOOD.replace('"c"', "null"),
        GOOD.replace('"a"', "{}"),
        GOOD.replace(f'"{URL}"', "[]"),
        GOOD.replace('"event_type"', '"event-type"'),
        GOOD.replace('"component_id"', '"component-id"'),
        GOOD.replace('"body"', '"bodies"'),
        GOOD.replace('"url"', '"uri"'),
        GOOD.replace('"a"', '"\\ud800"'),
        GOOD.replace("}", ',"body":"b"}'),
        "[]",
        "7",
        "",
    ],
)
def test_a_line_that_is_none_of_ours_is_not_read(text: str) -> None:
    assert outbox.parse(text.encode()) is None


def test_a_line_of_ours_is_read_whole() -> None:
    """What a later version may add is passed over."""
    for text in (GOOD, GOOD.replace("}", ',"later":true}')):
        entry = outbox.Entry(outbox.Request(*small("a")), URL, text.encode())
        assert outbox.parse(text.encode()) == entry
