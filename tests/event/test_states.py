"""States: every word that a host or a user may give, for each type of event."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.parts import PARTS
from compass_action.schemas import EVENT_TYPES, load_schema
from compass_action.states import FINAL, STATES, state
from tests.recorded import TESTS, read_json

WORDS: dict[str, dict[str, str]] = read_json(TESTS / "states.json")
CASES = [(kind, word, WORDS[kind][word]) for kind in WORDS for word in WORDS[kind]]
FIELDS = {"alert": "status", "flag": "status", "pullRequest": "status", "lifecycle": "stage"}


@pytest.mark.parametrize(("kind", "word", "expected"), CASES)
def test_a_word_leads_to_compass_s_state(kind: str, word: str, expected: str) -> None:
    """The table is `tests/states.json`; case, underscores, hyphens and blanks do not matter."""
    for spelling in (
        word,
        word.upper(),
        word.replace(" ", "_"),
        word.replace(" ", "-"),
        f" {word}\n",
    ):
        assert state(kind, spelling) == expected


def test_the_table_holds_every_known_word() -> None:
    """A word added to the program is added to the table, and the other way round."""
    codes = {"0", "1", "2", "124", "127", "-1"}
    assert {kind: set(WORDS[kind]) - codes for kind in WORDS} == {
        kind: set(known) for kind, known in STATES.items()
    }
    assert set(EVENT_TYPES) - set(STATES) == {"custom", "push"}


@pytest.mark.parametrize("word", ["SucceededWithIssues", "TimedOut", "InProgress", "RolledBack"])
def test_azure_s_words_are_understood(word: str) -> None:
    assert state("deployment", word) in FINAL | {"IN_PROGRESS"}


@pytest.mark.parametrize("kind", STATES)
def test_every_state_is_one_of_the_contract(kind: str) -> None:
    """And every state of the contract can be asked for by its own name."""
    body = load_schema(kind)["properties"]["event"]["properties"][kind]
    part: dict[str, Any] = body["properties"][PARTS[kind][0]]
    schema = part["properties"][FIELDS.get(kind, "state")]
    if "enum" in schema:  # a flag's status is open
        assert set(STATES[kind].values()) <= set(schema["enum"])
        assert [state(kind, word) for word in schema["enum"]] == schema["enum"]


@pytest.mark.parametrize("kind", STATES)
@pytest.mark.parametrize(
    "word", ["sucess", "", "0x0", "1.0", "12345678901", "--1", "٣", "succ\x00ess"]
)
def test_an_unknown_word_lists_the_known_ones(kind: str, word: str) -> None:
    """Never a silent UNKNOWN."""
    with pytest.raises(ValueError, match="Use one of: ") as raised:
        state(kind, word)
    listed = str(raised.value).partition("Use one of: ")[2].rstrip(".").split(", ")
    assert set(STATES[kind]) <= set(listed)
    assert ("or an exit code" in listed) == (kind in ("build", "deployment"))
    assert "\x00" not in str(raised.value)


@pytest.mark.parametrize("kind", sorted(set(STATES) - {"build", "deployment"}))
def test_an_exit_code_is_no_state_of_what_has_none(kind: str) -> None:
    with pytest.raises(ValueError, match=f"is not an? {kind} (state|status|stage)"):
        state(kind, "0")


@given(st.sampled_from(list(STATES)), st.text(max_size=20))
def test_any_text_is_a_state_or_an_error(kind: str, word: str) -> None:
    try:
        found = state(kind, word)
    except ValueError as error:
        found = str(error)
    assert found in STATES[kind].values() or "Use one of: " in found
