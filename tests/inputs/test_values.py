"""How the texts of inputs are read: by type, and what a wrong one is told."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action.inputs import mappings, values
from compass_action.inputs.table import BY_NAME, INPUTS
from compass_action.inputs.values import ValueType
from tests.recorded import TESTS, read_json

TYPES: dict[str, ValueType] = {
    "event text": values.EVENT_TEXT,
    "flag": values.FLAG,
    "whole number": values.WHOLE_NUMBER,
    "seconds": values.SECONDS,
    "time": values.TIME,
    "web address": values.WEB_ADDRESS,
    "list": values.LIST,
    "slugs": values.SLUGS,
    "mapping": values.MAPPING,
    "commit": values.COMMIT,
    "rules": values.RULES,
    "paths": values.PATHS,
    "owners": values.OWNERS,
}
TABLE: dict[str, dict[str, Any]] = read_json(TESTS / "inputs" / "values.json")
READ = [(name, *pair) for name in TABLE for pair in TABLE[name]["read"]]
REFUSED = [(name, text) for name in TABLE for text in TABLE[name]["refused"]]


def as_json(value: object) -> object:
    """A value as the table has it: times as texts, tuples as lists."""
    return value.isoformat() if isinstance(value, datetime) else json.loads(json.dumps(value))


@pytest.mark.parametrize(("name", "text", "expected"), READ)
def test_a_text_is_read(name: str, text: str, expected: object) -> None:
    """The table is `values.json`."""
    assert as_json(TYPES[name].read(text)) == expected


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_a_wrong_text_is_told_what_to_write(name: str, text: str) -> None:
    """One line, printable, short whatever the text is, and a whole sentence."""
    with pytest.raises(ValueError, match=r"[.?]$") as raised:
        TYPES[name].read(text)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300


def test_every_type_is_in_the_table() -> None:
    """Texts and secrets are any text; a word's type has its words."""
    assert list(TABLE) == list(TYPES)
    readers = {row.type.read for row in INPUTS if not row.type.choices} - {values.read_text}
    assert {kind.read for kind in TYPES.values()} == readers


def test_a_word_is_read_in_any_case_and_no_other_one_is() -> None:
    fruit = values.one_of({"apple": "APPLE", "pear": "Pear"})
    assert [fruit.read(text) for text in ("apple", "PEAR")] == ["APPLE", "Pear"]
    with pytest.raises(ValueError, match=r'^"plum" is not known. Use one of: apple, pear.$'):
        fruit.read("plum")


@pytest.mark.parametrize("name", BY_NAME)
@given(text=st.text(max_size=30).map(str.strip))
def test_no_text_is_too_odd(name: str, text: str) -> None:
    """A value, or a ValueError with a sentence; nothing else comes out."""
    said = "."
    try:
        BY_NAME[name].type.read(text)
    except ValueError as error:
        said = str(error)
    assert said.endswith((".", "?"))


@given(
    st.datetimes(timezones=st.timezones() | st.just(timezone(timedelta(hours=-11, minutes=-30))))
)
def test_every_time_with_an_offset_is_read_as_the_same_moment(moment: datetime) -> None:
    whole = moment.astimezone(timezone(timedelta(minutes=round(_offset(moment) / 60))))
    assert values.read_time(whole.isoformat()) == whole
    assert values.read_time(whole.isoformat()).tzinfo is UTC


def _offset(moment: datetime) -> float:
    offset = moment.utcoffset()
    assert offset is not None
    return offset.total_seconds() if 2 < moment.year < 9998 else 0


YAML_TEXT = st.text(alphabet="{}[]:,-?&*!|>'\"%@`#\\ \n\tabx0123~<=", max_size=40)


@given(YAML_TEXT)
@example("a: [" * 20)
@example('{"a": "\\UFFFFFFFF"}')
@example('a: "\\U00110000"')
@example("? [a]\n: b")
@example("a: 'x")
@example("%YAML 9.0\n---\na: b")
@example("a: b\n---\nc: d")
def test_no_mapping_is_too_odd(text: str) -> None:
    """What people write as YAML may be anything; a mapping comes out, or a sentence."""
    said = "."
    try:
        assert isinstance(mappings.read_mapping(text.strip()), dict)
    except ValueError as error:
        said = str(error)
    assert said.endswith((".", "?"))


PLAIN = st.recursive(
    st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=3))
def test_json_keeps_what_it_holds(mapping: dict[str, Any]) -> None:
    if not mappings._deeper_than(mappings.PROPERTIES_MAX_DEPTH, mapping):
        assert mappings.read_mapping(json.dumps(mapping)) == mapping


@given(st.dictionaries(st.sampled_from("abc"), st.text("onyesf0123.~nul", min_size=1, max_size=6)))
def test_yaml_scalars_stay_what_was_written(mapping: dict[str, str]) -> None:
    """`on`, `0123`, `1.10`, `null` and `~` are texts; the schema's types are made later."""
    text = "".join(f"{key}: {value}\n" for key, value in mapping.items())
    assert mappings.read_mapping(text or "{}") == mapping


def test_anchors_aliases_and_tags_are_not_read() -> None:
    """An alias can blow a small text up to any size; a tag can ask for any type."""
    laughs = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in (laughs, "a: !!python/object:os.system x", "a: !x b", "a: &b c"):
        assert isinstance(yaml.compose(text, yaml.BaseLoader), yaml.Node)  # it is valid YAML
        with pytest.raises(ValueError, match="anchors, aliases, tags and more"):
            mappings.read_mapping(text)


@pytest.mark.parametrize("depth", [20, 200, 800, 950, 5_000])
@pytest.mark.parametrize("opening", ['{"a":', "[", "{a: ", "- "])
def test_a_deep_mapping_is_refused(depth: int, opening: str) -> None:
    """Nothing behind it may run out of stack."""
    closing = {"[": "]", "- ": ""}.get(opening, "}")
    text = "id: x\nb: \n " + opening * depth + "1" + closing * depth
    if opening == '{"a":':
        text = opening * depth + "1" + closing * depth
    with pytest.raises(ValueError, match="not a mapping"):
        mappings.read_mapping(text)


@pytest.mark.parametrize(
    "text", ["a: " + "x" * 65_536, "{" * 65_000, "[" * 65_000, "? " * 30_000, "[\n" * 30_000]
)
def test_a_large_text_costs_little(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(ValueError, match=r"longer than|not a mapping"):
        mappings.read_mapping(text)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("text", ["nan", "inf", "1e3", "1_0", " 7", "", "0x1", "٣"])
def test_a_score_is_a_plain_decimal_number(text: str) -> None:
    """Python reads more than JSON can say."""
    assert values.read_score("9.8") == 9.8
    with pytest.raises(ValueError, match="is not a number"):
        values.read_score(text)
