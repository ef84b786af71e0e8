"""Environments: which category a name counts under, and which id it has."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from compass_action.event.environments import category, slug
from compass_action.inputs.categories import CATEGORIES, CATEGORY_OF_WORD
from compass_action.inputs.table import BY_NAME
from tests.recorded import TESTS, read_json

NAMES: dict[str, str] = read_json(TESTS / "event" / "environments.json")
WORDS: dict[str, list[str]] = read_json(TESTS / "event" / "environment_words.json")
"""The words that docs and users know, written out once more."""


@pytest.mark.parametrize("name", NAMES)
def test_a_name_counts_under_its_category(name: str) -> None:
    """By its first known word; separators, case, accents and CamelCase do not matter."""
    assert category(name, None, ()).name == NAMES[name]


@pytest.mark.parametrize(
    ("word", "expected"), [(word, name) for name, words in WORDS.items() for word in words]
)
def test_every_word_of_the_list_is_found(word: str, expected: str) -> None:
    assert category(f"eu-{word.upper()}/2", None, ()).name == expected
    assert category(word, None, ()).source == f'the word "{word}"'


@pytest.mark.parametrize(
    ("word", "expected"), [(word, name) for name, words in WORDS.items() for word in words]
)
def test_a_category_may_be_given_in_any_of_these_words(word: str, expected: str) -> None:
    assert BY_NAME["environment-category"].type.read(word.title()) == expected
    assert BY_NAME["environment-map"].type.read(f"eu-* = {word}") == (("eu-*", expected),)


def test_no_word_has_a_category_that_is_not_on_the_list() -> None:
    assert {word: name for name, words in WORDS.items() for word in words} == CATEGORY_OF_WORD


@pytest.mark.parametrize("word", ["internal", "model", "control", "quality", "load"])
def test_a_word_of_many_meanings_counts_where_no_other_does(word: str) -> None:
    assert category(f"dev-{word}", None, ()).name == "DEVELOPMENT"
    assert category(f"prod {word}", None, ()).name == "PRODUCTION"
    assert category(word, None, ()).name in ("STAGING", "TESTING")


@pytest.mark.parametrize("word", ["non", "not", "no"])
def test_a_name_that_says_what_it_is_not_has_no_category(word: str) -> None:
    assert category(f"{word}-prod", None, ()).name == "UNMAPPED"


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("production", "PRODUCTION"),
        ("staging", "STAGING"),
        ("testing", "TESTING"),
        ("development", "DEVELOPMENT"),
        ("Development", "DEVELOPMENT"),
        ("other", "UNMAPPED"),
        ("", "UNMAPPED"),
        (None, "UNMAPPED"),
    ],
)
def test_gitlab_s_tier_decides_where_the_name_says_nothing(tier: str | None, expected: str) -> None:
    """https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments."""
    found = category("blue", tier, ())
    assert found.name == expected
    assert found.source == ("" if expected == "UNMAPPED" else "the deployment tier")


def test_the_first_matching_rule_comes_before_tier_and_words() -> None:
    rules = (("eu-live-*", "TESTING"), ("*", "STAGING"))
    assert category("EU-Live-1", "production", rules).name == "TESTING"
    assert category("prod", "production", rules).name == "STAGING"
    assert category("Ü-live", None, (("u-*", "TESTING"),)).name == "TESTING"


def test_gitlab_s_tier_comes_before_the_words() -> None:
    """The tier `other` says nothing."""
    assert category("prod", "staging", ()).name == "STAGING"
    assert category("prod", "other", ()).name == "PRODUCTION"
    assert category("blue", "other", ()).name == "UNMAPPED"


@given(st.text(max_size=40))
def test_every_name_has_a_category(name: str) -> None:
    assert category(name, None, ()).name in CATEGORIES.values()


@pytest.mark.parametrize("name", ["production", "eu-west-1", "stage_2", "v1.2", "a--b"])
def test_a_plain_name_is_its_own_slug(name: str) -> None:
    assert slug(name) == name
    assert slug(f" {name.upper()} ") == name


def test_a_name_with_other_characters_keeps_what_can_be_read() -> None:
    assert re.fullmatch(r"production-eu-[0-9a-f]{8}", slug("Production/EU"))
    assert re.fullmatch(r"developpement-[0-9a-f]{8}", slug("Développement"))
    assert re.fullmatch(r"[0-9a-f]{8}", slug("東京"))


@given(st.text(max_size=80), st.text(max_size=80))
@example("production/eu", "production-eu")
@example("a b", "a-b")
@example("a" * 63, "a" * 64)
@example("Ä", "a")
@example("-a", "a")
def test_different_names_never_share_a_slug(one: str, other: str) -> None:
    """Beyond case and blanks around them, which are taken for slips."""
    assume(one.strip().casefold() != other.strip().casefold())
    assert slug(one) != slug(other)


@given(st.text(max_size=80))
@example("a b")
@example("東京")
def test_the_slug_of_one_name_is_not_the_name_of_another(name: str) -> None:
    """An environment may be named as another one's slug reads."""
    assume(slug(name) != name.strip().casefold())
    assert slug(slug(name)) != slug(name)


@given(st.text(max_size=200))
def test_a_slug_is_short_and_plain(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+([._-]+[a-z0-9]+)*", slug(name))
    assert len(slug(name)) <= 80


@given(st.text(alphabet="aB9._- /é", max_size=12))
def test_case_and_blanks_around_do_not_change_a_slug(name: str) -> None:
    assert slug(name.upper()) == slug(f"\t{name.lower()} ")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("prod", ("PRODUCTION", 'the word "prod"', "")),
        ("staging-prod", ("PRODUCTION", 'the word "prod"', "staging")),
        ("prod-staging-eu", ("PRODUCTION", 'the word "prod"', "staging")),
        ("stage-staging-prod", ("PRODUCTION", 'the word "prod"', "stage")),
        ("prod-production", ("PRODUCTION", 'the word "production"', "")),
        ("internal-model", ("STAGING", 'the word "model"', "")),
        ("quality-internal", ("STAGING", 'the word "internal"', "quality")),
        ("quality-dev", ("DEVELOPMENT", 'the word "dev"', "")),
        ("dev-quality", ("DEVELOPMENT", 'the word "dev"', "")),
        ("pre-prod", ("STAGING", 'the word "preprod"', "")),
        ("pre-staging", ("STAGING", 'the word "staging"', "")),
        ("pre-qa", ("TESTING", 'the word "qa"', "")),
        ("pre", ("UNMAPPED", "", "")),
        ("non-prod", ("UNMAPPED", "", "")),
        ("no-eu-prod", ("PRODUCTION", 'the word "prod"', "")),
        ("non-prod-dev", ("DEVELOPMENT", 'the word "dev"', "")),
        ("E2E", ("TESTING", 'the word "e2e"', "")),
        ("eu/blue/prod", ("PRODUCTION", 'the word "prod"', "")),
        ("review/prod", ("DEVELOPMENT", 'the word "review"', "")),
        ("Preview - live", ("DEVELOPMENT", 'the word "preview"', "")),
        ("preview \u2013 live", ("DEVELOPMENT", 'the word "preview"', "")),
        ("preview-live", ("PRODUCTION", 'the word "live"', "preview")),
        ("load-balancer/live", ("PRODUCTION", 'the word "live"', "")),
        ("model/uat-prod", ("PRODUCTION", 'the word "prod"', "uat")),
        ("prod-live-staging-v2", ("STAGING", 'the word "staging"', "prod")),
        ("prodEU", ("PRODUCTION", 'the word "prod"', "")),
        ("EUProd", ("PRODUCTION", 'the word "prod"', "")),
        ("PRODUCTION", ("PRODUCTION", 'the word "production"', "")),
        ("", ("UNMAPPED", "", "")),
    ],
)
def test_it_is_told_which_word_decided_and_which_disagrees(
    name: str, found: tuple[str, str, str]
) -> None:
    assert category(name, None, ()) == found


def test_it_is_told_that_a_rule_or_the_tier_decided() -> None:
    assert category("x", "testing", (("x", "STAGING"),)) == ("STAGING", "environment-map", "")
    assert category("prod", "TESTING", (("y", "STAGING"),)) == (
        "TESTING",
        "the deployment tier",
        "",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Production", "production"),
        (" eu_west.1 ", "eu_west.1"),
        ("a" * 63, "a" * 63),
        ("a" * 64, "a" * 50 + "-ffe054fe"),
        ("a" * 49 + " b", "a" * 49 + "-dc6fb61e"),
        ("QA 2", "qa-2-a3880ffe"),
        ("-qa", "qa-12e4c7ee"),
        ("Développement", "developpement-b8503c0f"),
        ("東京", "130016b2"),
        ("", "e3b0c442"),
        ("deadbeef", "deadbeef-2baf1f40"),
        ("qa-deadbeef", "qa-deadbeef-fa35cb2e"),
        ("qadeadbeef", "qadeadbeef"),
        ("qa-deadbee", "qa-deadbee"),
        ("\ud800", "91a681b9"),
    ],
)
def test_a_slug_is_this_one_in_every_version(name: str, expected: str) -> None:
    """It is an id: another one would be another environment."""
    assert slug(name) == expected
