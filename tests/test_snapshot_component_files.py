"""Component files in a workspace that nobody vouches for: which are found, and which are read.

What they say is looked at in `event/test_components_in_files.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action import snapshot, workspace
from compass_action.globs import glob_matcher, is_glob
from compass_action.snapshot import Wanted
from compass_action.workspace import ComponentFile
from tests.files import left_open, write

DEFAULTS = ("compass.yml", "compass.yaml")


def read(workspace: Path, *patterns: str) -> tuple[ComponentFile, ...]:
    """The component files that are read in this workspace; without patterns those at its root."""
    wanted = Wanted(str(workspace), component_files=patterns or DEFAULTS, optional=DEFAULTS)
    return snapshot.read({}, wanted).component_files.files


def paths(workspace: Path, *patterns: str) -> list[str]:
    return [file.path for file in read(workspace, *patterns)]


def problem(workspace: Path, *patterns: str) -> str:
    """What is told of the one file, which is not read."""
    [file] = read(workspace, *patterns)
    assert file.text is None
    return file.problem or ""


@pytest.mark.parametrize("name", ["compass.yml", "compass.yaml"])
def test_the_file_at_the_root_is_found(name: str, tmp_path: Path) -> None:
    write(tmp_path / name, "name: shop\n")
    assert read(tmp_path) == (ComponentFile(name, "name: shop\n", by_chance=True),)


def test_both_files_at_the_root_are_read_and_neither_has_to_be_there(tmp_path: Path) -> None:
    assert read(tmp_path) == ()
    write(tmp_path / "compass.yml")
    write(tmp_path / "compass.yaml")
    assert paths(tmp_path) == ["compass.yml", "compass.yaml"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("services/*/compass.yml", ["services/[slug]/compass.yml", "services/a/compass.yml",
                                    "services/b/compass.yml"]),
        ("**/compass.y*ml", ["compass.yml", "services/[slug]/compass.yml", "services/a/compass.yml",
                             "services/b/compass.yml", "services/b/deep/compass.yaml"]),
        ("./services/?/compass.yml", ["services/a/compass.yml", "services/b/compass.yml"]),
        ("services/**", ["services/[slug]/compass.yml", "services/a/compass.yml",
                         "services/b/compass.yml", "services/b/deep/compass.yaml"]),
        ("services/[slug]/compass.yml", ["services/[slug]/compass.yml"]),
    ],
)  # fmt: skip
def test_globs_find_files_in_order(pattern: str, found: list[str], tmp_path: Path) -> None:
    """`*` and `?` stay in a folder, `**` does not; brackets are characters like others."""
    for path in (
        "compass.yml", "services/a/compass.yml", "services/b/compass.yml",
        "services/b/deep/compass.yaml", ".git/compass.yml", "services/[slug]/compass.yml",
    ):  # fmt: skip
        write(tmp_path / path)
    assert paths(tmp_path, pattern) == found


def test_several_patterns_are_read_in_their_order(tmp_path: Path) -> None:
    """A file that two of them name is read for both."""
    for name in "ab":
        write(tmp_path / name / "compass.yml")
    found = ["b/compass.yml", "a/compass.yml", "b/compass.yml"]
    assert paths(tmp_path, "b/compass.yml", "*/compass.yml") == found


@given(st.text(alphabet="a/*?[].\\(", max_size=12), st.text(alphabet="a/[].\\(", max_size=12))
@example("**/a", "a")
def test_a_pattern_without_wildcards_matches_itself_alone(pattern: str, path: str) -> None:
    if not is_glob(pattern):
        assert bool(glob_matcher(pattern)(path)) == (pattern.removeprefix("./") == path)
    else:
        glob_matcher(pattern)(path)  # and no pattern is an error


@pytest.mark.parametrize("pattern", ["missing/compass.yml", "*/compass.yml"])
def test_a_file_that_was_named_has_to_be_there(pattern: str, tmp_path: Path) -> None:
    assert problem(tmp_path, pattern).startswith(("it is not there.", "no file matches"))


@pytest.mark.parametrize(
    "path", ["../secret.yml", "/etc/passwd", "a/../../secret.yml", "link", "into/secret.yml"]
)
def test_nothing_outside_the_workspace_is_read(path: str, tmp_path: Path) -> None:
    """Also not through a symlink, which a pull request may have brought along."""
    outside = write(tmp_path / "secret.yml")
    workspace = tmp_path / "workspace"
    (workspace / "a").mkdir(parents=True)
    (workspace / "link").symlink_to(outside)
    (workspace / "into").symlink_to(tmp_path)
    assert problem(workspace, path) == "it leads out of the workspace. Name one inside."


def test_the_default_file_as_a_symlink_to_the_outside_is_told(tmp_path: Path) -> None:
    outside = write(tmp_path / "secret.yml")
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "compass.yml").symlink_to(outside)
    assert problem(tmp_path / "workspace").startswith("it leads out of the workspace")


def test_a_symlink_inside_the_workspace_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "config" / "shop.yml", "name: shop\n")
    (tmp_path / "compass.yml").symlink_to("config/shop.yml")
    assert read(tmp_path) == (ComponentFile("compass.yml", "name: shop\n", by_chance=True),)


def test_a_workspace_that_is_itself_a_symlink_is_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path / "real" / "compass.yml", "name: shop\n")
    (tmp_path / "link").symlink_to("real")
    assert read(tmp_path / "link") == (
        ComponentFile("compass.yml", "name: shop\n", by_chance=True),
    )


def test_folders_that_form_a_loop_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path / "a" / "compass.yml")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert paths(tmp_path, "**/compass.yml") == ["a/compass.yml"]


def test_symlinks_that_lead_to_each_other_or_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").symlink_to("compass.yaml")
    (tmp_path / "compass.yaml").symlink_to("compass.yml")
    first, second = read(tmp_path)
    assert first.problem
    assert second.problem
    assert "cannot be read" in first.problem
    (tmp_path / "compass.yml").unlink()
    assert problem(tmp_path).startswith("it is not there.")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A folder, or a named pipe, at which a read would wait for ever."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for path in ("folder", "fifo", "."):
        assert problem(tmp_path, path) == "it is not a regular file."
    assert left_open(tmp_path) == []


def test_a_name_longer_than_any_file_s_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in problem(tmp_path, "x" * 300)


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "compass.yml", "x" * 128 * 1024)
    assert len(read(tmp_path)[0].text or "") == 128 * 1024
    write(tmp_path / "compass.yml", "x" * (128 * 1024 + 1))
    assert problem(tmp_path) == "it is larger than 128 KiB."


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").write_bytes("name: caf\u00e9".encode("latin-1"))
    assert problem(tmp_path) == "it is not valid UTF-8."


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").write_bytes(b"\xef\xbb\xbfname: shop")
    assert read(tmp_path) == (ComponentFile("compass.yml", "name: shop", by_chance=True),)


def test_a_glob_that_matches_hundreds_is_refused_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them is left out silently."""
    monkeypatch.setattr(workspace, "COMPONENT_FILES_MAX", 3)
    for index in range(4):
        write(tmp_path / str(index) / "compass.yml")
    assert problem(tmp_path, "*/compass.yml").startswith("more than 3 files match it.")
    (tmp_path / "3" / "compass.yml").unlink()
    assert len(paths(tmp_path, "*/compass.yml")) == 3
