"""Other tools' words, as docs/tools.md has them, where people look them up."""

from __future__ import annotations

import re

import pytest

from compass_action.tool_words import SEVERITIES, TOOLS, words_of
from tests.recorded import TESTS

PAGE = (TESTS.parent / "docs" / "tools.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n\n((?s:.+?))(?=\n## |\Z)", PAGE, re.MULTILINE))
TABLE = re.compile(
    r"^\| (\w+) in Compass \| .+ \|\n\| --- \| --- \|\n((?:\|.+\|\n)+)", re.MULTILINE
)


def tables(text: str) -> dict[str, dict[str, str]]:
    """By event type, from each word to what it means in Compass."""
    found: dict[str, dict[str, str]] = {}
    for event_type, rows in TABLE.findall(text):
        meanings = re.findall(r"^\| `(.+?)` \| (.+) \|$", rows, re.MULTILINE)
        found[event_type] = {
            word: meaning for meaning, words in meanings for word in re.findall("`(.+?)`", words)
        }
    return found


@pytest.mark.parametrize("name", [name for name in SECTIONS if name != "Severities"])
def test_a_tool_s_words_are_those_of_its_page(name: str) -> None:
    text, tool = SECTIONS[name], TOOLS[name]
    spelt = {
        event_type: {word.replace(" ", "-"): meaning for word, meaning in words.items()}
        for event_type, words in tool.words.items()
    }
    assert spelt == tables(text)
    assert f"{name} [lists its words]({tool.reference})." in text
    listed = re.search(r"^Severities: (.+)\.$", text, re.MULTILINE)
    assert list(tool.severities) == (re.findall("`(.+?)`", listed[1]) if listed else [])


def test_every_tool_has_its_words_on_the_page() -> None:
    assert list(SECTIONS) == ["Severities", *TOOLS]
    assert {name for name, words in TOOLS.items() for kind in words.words if kind == "flag"} == {
        "LaunchDarkly"
    }


def test_some_tools_have_words_to_beware_of() -> None:
    assert {name: tool.caution for name, tool in TOOLS.items() if tool.caution} == {
        "PagerDuty": (
            "Priorities have names of your own. Of a name such as `P1 - Critical` its beginning counts; "
            "where it begins with another word, the call takes the urgency."
        ),
        "Statuspage": "A scheduled maintenance is no incident: the call leaves it out.",
        "Grafana": (
            "A severity is a label of your own. Where its values are other words, map them in the call."
        ),
        "Trivy": (
            "Trivy's `fixed` says that a version with a fix exists, not that you have it: everything in "
            "a report is `open`. Its severity UNKNOWN has no counterpart."
        ),
        "LaunchDarkly": (
            "`updateOn` does not say whether the flag went on or off: give the new value, true or false."
        ),
    }


def test_the_words_for_severities_are_those_of_the_page() -> None:
    """`none`, `5` and the like have no counterpart where Compass has four levels."""
    assert {name: dict(words) for name, words in SEVERITIES.items()} == tables(
        SECTIONS["Severities"]
    )
    assert list(SEVERITIES["incident"])[:5] == ["one", "two", "three", "four", "five"]
    assert list(SEVERITIES["vulnerability"])[:4] == ["critical", "high", "medium", "low"]
    assert not {
        "none", "5", "p5", "s5", "sev5", "severity5", "normal", "error", "page", "ticket"
    } & set(SEVERITIES["vulnerability"])  # fmt: skip


def test_the_words_of_all_tools_come_together() -> None:
    assert words_of("flag")["turned on"] == "on"
    assert words_of("alert")["un acknowledge"] == words_of("alert")["triggered"] == "OPENED"
    assert words_of("build") == {}
