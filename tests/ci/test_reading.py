"""Values that hosts hand over: read carefully, and absent where they make no sense."""

from __future__ import annotations

from datetime import datetime

import pytest

from compass_action.ci import reading
from tests.recorded import TESTS, read_json


@pytest.mark.parametrize(
    ("written", "read"),
    [tuple(row) for row in read_json(TESTS / "ci" / "repository-urls.json")],
)
def test_a_repository_has_one_url(written: str | None, read: str | None) -> None:
    """https, lower-case host, no credentials, no .git: it is the event source's id."""
    assert reading.repository_url(written) == read


def test_numbers_and_times_that_make_no_sense_are_absent() -> None:
    assert reading.number("12") == 12
    assert [reading.number(text) for text in (None, "", "-1", "1.5", "٣", "9" * 19)] == [None] * 6
    assert reading.time("2026-11-20T09:01:12Z") == datetime.fromisoformat("2026-11-20T09:01:12Z")
    assert [reading.time(text) for text in (None, "", "yesterday", "2026-11-20")] == [None] * 4


def test_payload_values_of_another_type_are_absent() -> None:
    """A payload is JSON from outside; a list or a truth value is no name."""
    payload = {"a": {"b": 7, "c": True, "d": ["x"], "e": None, "f": ""}, "g": "text"}
    assert reading.at(payload, "a.b") == "7"
    assert [reading.at(payload, f"a.{name}") for name in "cdef"] == [None] * 4
    assert reading.at(payload, "g.h") is None


def test_bitbucket_s_braces_are_no_part_of_an_id() -> None:
    assert reading.slug_of("{5f2c7d0e-94a1}") == "5f2c7d0e-94a1"
    assert [reading.slug_of(text) for text in (None, "", "{}")] == [None] * 3


@pytest.mark.parametrize(
    ("text", "number"), [("9" * 18, 999_999_999_999_999_999), ("1" + "0" * 18, None), ("0", 0)]
)
def test_a_number_has_at_most_eighteen_digits(text: str, number: int | None) -> None:
    assert reading.number(text) == number


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", "text"),
        ("b.c", "7"),
        ("b.d.e", "deep"),
        ("b", None),
        ("a.b", None),
        ("x.y", None),
        ("b.yes", None),
        ("b.no", None),
        ("b.zero", "0"),
        ("b.half", None),
        ("b.list", None),
        ("b.empty", None),
    ],
)
def test_a_payload_is_read_at_a_dotted_path(path: str, value: str | None) -> None:
    inner = {"c": 7, "d": {"e": "deep"}, "yes": True, "no": False, "zero": 0, "half": 0.5}
    payload = {"a": "text", "b": inner | {"list": ["c"], "empty": ""}}
    assert reading.at(payload, path) == value


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://ci.acme.example/7?tab=log", "https://ci.acme.example/7?tab=log"),
        ("http://ci.acme.example", "http://ci.acme.example"),
        ("https://ada:secret@ci.acme.example/7", None),
        ("ftp://ci.acme.example/7", None),
        ("ci.acme.example/7", None),
        ("https://", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_is_a_whole_address_without_credentials(text: str | None, link: str | None) -> None:
    assert reading.web_address(text) == link


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("https://git.acme.example/shop.git", "https://git.acme.example/shop"),
        ("http://git.acme.example:3000/shop.git", "http://git.acme.example:3000/shop"),
        ("  HTTP://ada:secret@Git.Acme.example/shop/", "http://git.acme.example/shop"),
        ("git@git.acme.example:shop.git", "https://git.acme.example/shop"),
        ("http://", None),
        (None, None),
    ],
)
def test_a_repository_s_page_keeps_its_scheme(text: str | None, page: str | None) -> None:
    assert reading.repository_page(text) == page


def test_variables_that_say_nothing_are_dropped() -> None:
    env = {"A": " one ", "B": "", "C": " ", "D": "$D", "E": " ${{ e }} ", "F": "%f%", "G": "<+g>"}
    assert reading.given(env) == {"A": "one"}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://CI.Acme.example/Shop/", "ci.acme.example/Shop"),
        ("https://ci.acme.example", "ci.acme.example"),
        ("https://ci.acme.example:443/shop", "ci.acme.example/shop"),
        ("http://ci.acme.example:80/shop", "ci.acme.example/shop"),
        ("http://ci.acme.example:443/shop", "ci.acme.example:443/shop"),
        ("https://ci.acme.example:80/shop", "ci.acme.example:80/shop"),
        ("https://ci.acme.example:8443/shop?tab=log", "ci.acme.example:8443/shop"),
        ("https://ci.acme.example/shop/#/runs/7", "ci.acme.example/shop"),
        ("https://ada:secret@ci.acme.example/shop", "ci.acme.example/shop"),
        ("https://ci.acme.example/Gr\u00f6\u00dfe", "ci.acme.example/Gr%C3%B6%C3%9Fe"),
        ("https://ci.acme.example/a%20b", "ci.acme.example/a%20b"),
        ("ssh://ci.acme.example/shop", None),
        ("oci://ci.acme.example/shop", None),
        ("ci.acme.example/shop", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_told_without_its_scheme(url: str | None, address: str | None) -> None:
    assert reading.address(url) == address


SHA1, SHA256 = "8e1f5c0d3b7a49286d51e4f09c2b3a7d6e8f1024", "8e1f5c0d" * 8


@pytest.mark.parametrize(
    ("text", "commit"),
    [
        (SHA1, SHA1),
        (SHA256, SHA256),
        (SHA1[:39], None),
        (f"{SHA1}0", None),
        (SHA256[:63], None),
        (f"{SHA256}0", None),
        (SHA1.upper(), None),
        (SHA1.replace("8", "\u0668"), None),
        ("HEAD", None),
        ("", None),
        (None, None),
    ],
)
def test_a_commit_is_a_full_hash(text: str | None, commit: str | None) -> None:
    assert reading.commit(text) == commit


def test_a_pull_request_is_a_number() -> None:
    assert reading.pull_request("17") == "17"
    assert [reading.pull_request(text) for text in (None, "", "false", "17a", "\u0661")] == [
        None
    ] * 5


def test_refs_are_named_and_taken_apart() -> None:
    assert reading.named_ref("main", "v1") == "refs/tags/v1"
    assert reading.named_ref("main", None) == "refs/heads/main"
    assert reading.named_ref(None, None) is None
    assert reading.branch_of("refs/heads/feature/a") == "feature/a"
    assert reading.tag_of("refs/tags/v1") == "v1"
    assert [reading.branch_of(ref) for ref in (None, "main", "refs/tags/v1", "refs/heads/")] == [
        None
    ] * 4
    assert [reading.tag_of(ref) for ref in (None, "v1", "refs/heads/v1", "refs/tags/")] == [
        None
    ] * 4


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/acme/shop", "https://github.com/acme/shop/pull/17"),
        ("https://bitbucket.org/acme/shop", "https://bitbucket.org/acme/shop/pull-requests/17"),
        ("https://gitlab.com/acme/shop", "https://gitlab.com/acme/shop/-/merge_requests/17"),
        ("https://github.acme.example/acme/shop", None),
        (None, None),
    ],
)
def test_a_pull_request_has_a_page_where_the_host_is_known(
    repository: str | None, page: str | None
) -> None:
    assert reading.pull_request_url(repository, "17") == page
    assert reading.pull_request_url(repository, None) is None
