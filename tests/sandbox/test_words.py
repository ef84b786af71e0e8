"""How the page and the demo word what they show."""

from __future__ import annotations

import re

import pytest

from compass_action.demo import COMPONENTS, table
from compass_action.sandbox.metrics import DAY, Sample, derive
from compass_action.sandbox.page import words
from tests.sandbox.sending import sample

SHOP = sample("build-full")["componentId"]
NOW = 1_795_600_000_000


@pytest.mark.parametrize(
    ("unit", "number", "text"),
    [
        ("percent", None, "\N{EN DASH}"),
        ("percent", 0.0, "0 %"),
        ("percent", 0.002, "0.1 %"),
        ("percent", 50.0, "50 %"),
        ("percent", 66.6667, "66.7 %"),
        ("percent", 99.5, "99.5 %"),
        ("percent", 99.9999, "99.9 %"),
        ("percent", 100.0, "100 %"),
        ("per week", 0.0, "0"),
        ("per week", 0.25, "0.25"),
        ("per week", 1.5, "1.5"),
        ("per week", 20.0, "20"),
        ("per week", 1_250_000.25, "1250000.25"),
        ("milliseconds", 90_000.0, "1 min 30 s"),
        ("milliseconds", 12.5, "<0.1 s"),
    ],
)
def test_a_figure_is_0_or_all_only_where_it_is(unit: str, number: float | None, text: str) -> None:
    assert words.figure(unit, number) == text


def test_the_demo_prints_a_figure_as_the_page_does() -> None:
    """One failure in 200 builds, one deployment in 28 days."""
    ari = COMPONENTS["shop"]
    found = [
        Sample(ari, n, "build", "FAILED" if n == 150 else "SUCCESSFUL", NOW, NOW + 90_000, NOW)
        for n in range(200)
    ]
    found.append(Sample(ari, 200, "deployment", "SUCCESSFUL", NOW - 30, NOW, NOW))
    [line] = table.metrics(derive(found, NOW + DAY), {"shop": ari}).splitlines()[2:]
    cells = re.split(" {2,}", line)
    assert cells == ["shop", "0.25", "<0.1 s", "99.5 %", "1 min 30 s", "\N{EN DASH}"]


@pytest.mark.parametrize(
    ("now", "before", "text", "tone"),
    [
        (0.0, 0.25, "down 100 %", "bad"),
        (0.25, 0.0, "up", "good"),
        (0.0, 0.0, "unchanged", "plain"),
        (0.25, None, "no earlier value", "plain"),
        (0.25, 2_000.0, "down 99.9 %", "bad"),
        (1000.25, 1000.0, "up 0.1 %", "good"),
        (3.0, 0.75, "up 300 %", "good"),
    ],
)
def test_a_trend_is_100_percent_only_where_it_is(
    now: float, before: float | None, text: str, tone: str
) -> None:
    assert words.trend(now, before, more_is_better=True) == (text, tone)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-9, "just now"),
        (42, "42 s ago"),
        (-42, "in 42 s"),
        (7200, "2 h ago"),
        (-3 * 86_400, "in 3 d"),
        (70 * 86_400, "2026-09-16"),
        (-70 * 86_400, "2027-02-03"),
    ],
)
def test_a_moment_is_told_from_now(seconds: int, text: str) -> None:
    assert words.ago(NOW - 1000 * seconds, NOW) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, ""),
        ("IN_PROGRESS", "In progress"),
        ("Halb an", "Halb an"),
        ("x" * 60, "X" + 59 * "x"),
        ("x" * 61, "X" + 58 * "x" + "…"),
    ],
)
def test_a_state_is_short(text: str | None, told: str) -> None:
    assert words.state(text) == told


@pytest.mark.parametrize("name", [None, "", " \t"])
def test_an_event_without_a_name_is_called_by_its_type(name: str | None) -> None:
    assert words.title("pullRequest", name) == "Pull request"
    assert words.title("build", " CI ") == " CI "


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, ""),
        (0, "0.0 s"),
        (1, "<0.1 s"),
        (49, "<0.1 s"),
        (51, "0.1 s"),
        (950, "0.9 s"),
        (9_960, "10 s"),
        (59_949, "60 s"),
        (59_951, "1 min"),
        (61_000, "1 min 1 s"),
        (3_600_000, "1 h"),
        (7_380_000, "2 h 3 min"),
        (172_800_000, "2 d"),
        (183_600_000, "2 d 3 h"),
    ],
)
def test_a_span_of_time_has_two_units(milliseconds: float | None, text: str) -> None:
    assert words.duration(milliseconds) == text


def test_a_component_without_a_name_is_called_by_its_repository() -> None:
    sources = {SHOP: "https://github.com/acme/shop.git#x", SHOP[:-1] + "0": None}
    assert words.labels(sources, {}) == {SHOP: "shop · c34578a8", SHOP[:-1] + "0": "c34578a8"}
    assert words.labels(sources, {SHOP: "The shop"})[SHOP] == "The shop"
    long = {SHOP: f"https://github.com/acme/{'r' * 90}"}
    assert words.labels(long, {}) == {SHOP: "r" * 59 + "… · c34578a8"}
