"""Lists of changed files as git, actions and people write them, and components by path."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.inputs.paths import read_owners, read_paths, split_at_blanks

PATHS = json.loads(Path(__file__).with_name("paths.json").read_text("utf-8"))


@pytest.mark.parametrize(("written", "read"), PATHS)
def test_changed_files_are_read_as_they_were_meant(written: str, read: list[str]) -> None:
    """Of a rename both names count, of a copy the new one."""
    assert list(read_paths(written)) == read


@pytest.mark.parametrize(
    ("written", "paths"),
    [
        ("web/a.ts api/b.go", ("web/a.ts", "api/b.go")),
        ("web/a.ts  ./api//b.go web/a.ts", ("web/a.ts", "api/b.go")),
        ("web/a.ts", ()),
        ("web/a.ts, api/b.go c", ()),
        ("web/a.ts b\napi/c.go d", ()),
        ("M\tweb/a b.ts", ()),
        ('["web/a b.ts"]', ()),
        ('"web/gr\\303\\266 b.ts"', ()),
        ("web/a.ts ../b.go", ()),
    ],
)
def test_a_line_with_blanks_may_be_several_paths(written: str, paths: tuple[str, ...]) -> None:
    """If it is plain words, each of which is a path."""
    assert split_at_blanks(written) == paths


@pytest.mark.parametrize("path", ["/etc/passwd", "../a.py", "a/../../b", ".", "./", "a.py\n/b"])
def test_what_lies_outside_the_repository_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is no path from the root of the repository"):
        read_paths(path)


@pytest.mark.parametrize("text", ["[", '["a", 7]', '[{"a": 1}]', "[" * 100_000])
def test_what_only_begins_like_a_json_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="begins like a JSON list"):
        read_paths(text)


@given(st.text())
def test_no_list_is_too_odd(text: str) -> None:
    """It is read or refused, and never leads out of the repository."""
    try:
        paths = read_paths(text)
    except ValueError:
        return
    assert all(path and path[0] != "/" and ".." not in path.split("/") for path in paths)


def test_a_map_has_one_component_for_each_glob() -> None:
    text = "services/cart = ari:1\n./libs/**/*.py=ari:2,docs/ = ari:1\na=b/** = ari:3\n././x//./y=ari:4"
    assert read_owners(text) == (
        ("services/cart", "ari:1"),
        ("libs/**/*.py", "ari:2"),
        ("docs", "ari:1"),
        ("a=b/**", "ari:3"),
        ("x/y", "ari:4"),
    )


@pytest.mark.parametrize("glob", ["../x", "./../x", "x/../y", ".."])
def test_a_glob_that_leads_out_of_the_repository_is_refused(glob: str) -> None:
    """It would match no file, and nobody would be told."""
    said = f'"{glob.removeprefix("./")}" is no path from the root of the repository.'
    with pytest.raises(ValueError, match=re.escape(said)):
        read_owners(f"{glob} = ari:1")


@pytest.mark.parametrize("line", ["services/cart", "= ari:1", "/ = ari:1", "services/cart ="])
def test_half_a_rule_is_refused(line: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not a rule\. Write one `path glob = ARI` on each line"
    ):
        read_owners(line)
