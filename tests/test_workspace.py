"""The workspace: what is told of a file that is not read, and where a checkout stands."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action import workspace
from compass_action.workspace import (
    ComponentFile,
    ComponentFiles,
    GitTexts,
    read_component_files,
    read_git,
    read_regular_file,
    read_workspace_file,
)
from tests.files import left_open, write


def problem(folder: Path, pattern: str) -> str | None:
    [file] = read_component_files(folder, [pattern], []).files
    assert file.text is None
    return file.problem


def test_why_a_file_is_not_read_is_told_in_these_words(tmp_path: Path) -> None:
    write(tmp_path / "large.yml", "x" * (128 * 1024 + 1))
    (tmp_path / "latin.yml").write_bytes(b"caf\xe9")
    (tmp_path / "loop.yml").symlink_to("loop.yml")
    (tmp_path / "out.yml").symlink_to("/etc/passwd")
    told = {
        "missing.yml": "it is not there. Check the path, and that the repository is checked out first.",
        "*.yaml": "no file matches it in the workspace.",
        "large.yml": "it is larger than 128 KiB.",
        "latin.yml": "it is not valid UTF-8.",
        "out.yml": "it leads out of the workspace. Name one inside.",
        ".": "it is not a regular file.",
        "x" * 300: "it cannot be read (OSError).",
        "large.yml/x": "it cannot be read (NotADirectoryError).",
    }
    for pattern, what in told.items():
        assert problem(tmp_path, pattern) == what, pattern
    if sys.version_info < (3, 13):
        assert problem(tmp_path, "loop.yml") == "it cannot be read (RuntimeError)."
    with pytest.raises(ValueError, match=r"^it is larger than 128 KiB\.$"):
        read_workspace_file(str(tmp_path), "large.yml")
    write(tmp_path / "own.yml", "id: y")
    assert read_workspace_file(str(tmp_path), "own.yml") == "id: y"


def test_a_glob_that_matches_more_than_anybody_reports_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.COMPONENT_FILES_MAX == 10_000
    monkeypatch.setattr(workspace, "COMPONENT_FILES_MAX", 2)
    for name in "abc":
        write(tmp_path / name / "compass.yml")
    assert problem(tmp_path, "*/compass.yml") == "more than 2 files match it. Write a narrower one."
    (tmp_path / "c" / "compass.yml").unlink()
    found = read_component_files(tmp_path, ["*/compass.yml"], []).files
    assert [file.path for file in found] == ["a/compass.yml", "b/compass.yml"]
    assert all(file.by_chance for file in found)


def test_a_walk_ends_where_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the checkout may be large."""

    def walk(top: str) -> Iterator[tuple[str, list[str], list[str]]]:
        for name in "abc":
            yield f"{top}/{name}", [], ["compass.yml"]
        raise AssertionError("it has walked on")

    monkeypatch.setattr(workspace, "COMPONENT_FILES_MAX", 2)
    monkeypatch.setattr(os, "walk", walk)
    assert problem(tmp_path, "*/compass.yml") == "more than 2 files match it. Write a narrower one."


def test_what_need_not_be_there_is_a_path_and_no_glob(tmp_path: Path) -> None:
    """The folders above changed files may have any name."""
    write(tmp_path / "docs" / "why?" / "compass.yml", "id: a\n")
    write(tmp_path / "docs" / "whys" / "compass.yml", "id: b\n")
    names = ["docs/why?/compass.yml", "docs/*/compass.yaml", "docs/w?/compass.yml"]
    found = workspace.read_component_files(tmp_path, names, names)
    assert [(file.path, file.text) for file in found.files] == [
        ("docs/why?/compass.yml", "id: a\n")
    ]


def test_what_is_at_a_path_is_told(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b c.md")
    (tmp_path / "lost").symlink_to("nowhere")
    there = [
        p for p in ("a", "a/b c.md", "lost", "a/b", "a\0b") if workspace.holds(str(tmp_path), p)
    ]
    assert there == ["a", "a/b c.md", "lost"]


def test_a_file_that_was_named_is_not_there_by_chance(tmp_path: Path) -> None:
    write(tmp_path / "a.yml")
    patterns = ["a.yml", "b.yml"]
    named = read_component_files(tmp_path, patterns, ["b.yml"])
    assert named == ComponentFiles((ComponentFile("a.yml", "id: x\n"),))
    assert [file.by_chance for file in named.files] == [False]
    assert read_component_files(tmp_path, patterns, patterns) == ComponentFiles(
        (ComponentFile("a.yml", "id: x\n", by_chance=True),)
    )
    assert read_component_files(tmp_path, [], ["a.yml"]) == ComponentFiles()


def test_where_there_is_none_it_is_told_where_others_are(tmp_path: Path) -> None:
    """Four at most; of the names alone, for a path says where it is."""
    names = ["compass.yml", "compass.yaml", "x/other.yml"]
    assert read_component_files(tmp_path, names, names) == ComponentFiles(workspace_is_empty=True)
    write(tmp_path / "README.md")
    assert read_component_files(tmp_path, names, names) == ComponentFiles()
    for folder in "abcde":
        write(tmp_path / folder / "compass.yml")
    write(tmp_path / "a" / "compass.yaml")
    write(tmp_path / "node_modules" / "compass.yml")
    write(tmp_path / "a" / "x" / "other.yml")
    write(tmp_path / "a" / "compass.yml.bak")
    assert read_component_files(tmp_path, names[2:], names[2:]) == ComponentFiles()
    found = read_component_files(tmp_path, names, names)
    assert found == ComponentFiles((), tuple(f"{folder}/compass.yml" for folder in "abcd"))
    missing = tmp_path / "missing"
    assert read_component_files(missing, names, names) == ComponentFiles()


@pytest.mark.parametrize(
    "folder", [".git", "node_modules", "vendor", "bower_components", "__pycache__"]
)
def test_hidden_and_vendored_folders_are_entered_only_by_name(folder: str, tmp_path: Path) -> None:
    write(tmp_path / folder / "compass.yml")
    write(tmp_path / "src" / "compass.yml")
    found = read_component_files(tmp_path, ["**/compass.yml"], []).files
    assert [file.path for file in found] == ["src/compass.yml"]
    found = read_component_files(tmp_path, [f"{folder}/*.yml"], []).files
    assert [file.path for file in found] == [f"{folder}/compass.yml"]


def test_the_files_of_a_glob_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for path in ("b.yml", "a.yml", "z/a.yml", "y/b.yml", "y/a.yml"):
        write(tmp_path / path)
    found = read_component_files(tmp_path, ["**"], []).files
    assert [file.path for file in found] == ["a.yml", "b.yml", "y/a.yml", "y/b.yml", "z/a.yml"]
    found = read_component_files(tmp_path, ["y/a**"], []).files
    assert [file.path for file in found] == ["y/a.yml"]
    found = read_component_files(Path(f"{tmp_path}/"), ["*/b.y?l"], []).files
    assert [file.path for file in found] == ["y/b.yml"]


def test_a_regular_file_is_read_to_its_limit(tmp_path: Path) -> None:
    file = write(tmp_path / "a", "x" * 2048)
    assert read_regular_file(file, 2048) == "x" * 2048
    with pytest.raises(ValueError, match=r"^it is larger than 1 KiB\.$"):
        read_regular_file(file, 2047)
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(OSError, match="symbolic link"):
        read_regular_file(tmp_path / "link", 4096)
    file.write_bytes(b"\xef\xbb\xbfa")
    assert read_regular_file(file, 4) == "a"


HASH = "8e1f5c0d3b7a49286d51e4f09c2b3a7d6e8f1024"


def checkout(folder: Path) -> Path:
    dot_git = folder / ".git"
    write(dot_git / "HEAD", "ref: refs/heads/main\n")
    write(dot_git / "config", "[core]\n")
    write(dot_git / "packed-refs", "# packed\n")
    write(dot_git / "refs" / "heads" / "main", f"{HASH}\n")
    return dot_git


STANDS = GitTexts("ref: refs/heads/main\n", "[core]\n", "# packed\n", f"{HASH}\n")


def test_a_checkout_tells_where_it_stands(tmp_path: Path) -> None:
    """From its root and from every folder inside."""
    checkout(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert read_git(tmp_path) == read_git(tmp_path / "a" / "b") == STANDS


def test_a_worktree_and_a_submodule_tell_by_the_file_that_leads_to_their_folder(
    tmp_path: Path,
) -> None:
    dot_git = checkout(tmp_path / "main")
    write(dot_git / "worktrees" / "side" / "HEAD", "ref: refs/heads/side\n")
    write(dot_git / "worktrees" / "side" / "commondir", "../..\n")
    write(dot_git / "refs" / "heads" / "side", "side's hash\n")
    write(tmp_path / "side" / ".git", f"gitdir: {dot_git}/worktrees/side\n")
    assert read_git(tmp_path / "side") == STANDS._replace(
        head="ref: refs/heads/side\n", ref="side's hash\n"
    )
    write(tmp_path / "module" / ".git", "gitdir: ../main/.git\n")
    assert read_git(tmp_path / "module") == STANDS


@pytest.mark.parametrize(
    ("head", "ref"),
    [
        (HASH, ""),
        ("ref: refs/heads/main", f"{HASH}\n"),
        ("ref:refs/heads/main \n", f"{HASH}\n"),
        ("ref: refs/heads/gone", ""),
        ("ref: refs/../config", ""),
        ("ref: refs/heads/a b", ""),
        ("ref: ../config", ""),
    ],
)
def test_only_the_file_of_a_branch_is_read(head: str, ref: str, tmp_path: Path) -> None:
    write(checkout(tmp_path) / "HEAD", head)
    assert read_git(tmp_path) == STANDS._replace(head=head, ref=ref)


def test_what_cannot_be_read_of_a_checkout_is_empty(tmp_path: Path) -> None:
    dot_git = tmp_path / ".git"
    dot_git.mkdir()
    assert read_git(tmp_path) == GitTexts()
    assert GitTexts() == ("", "", "", "")
    write(dot_git / "config").write_bytes(b"\xff")
    (dot_git / "packed-refs").symlink_to("/etc/passwd")
    assert read_git(tmp_path) == GitTexts()


def test_a_folder_that_is_in_no_checkout_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: path.name != ".git" and exists(path))
    assert read_git(tmp_path) == GitTexts()


def test_packed_refs_are_read_up_to_four_mebibytes(tmp_path: Path) -> None:
    packed = checkout(tmp_path) / "packed-refs"
    write(packed, "x" * 4 * 1024 * 1024)
    assert len(read_git(tmp_path).packed_refs) == 4 * 1024 * 1024
    os.truncate(packed, 4 * 1024 * 1024 + 1)
    assert read_git(tmp_path).packed_refs == ""


def test_what_is_not_read_is_not_left_open(tmp_path: Path) -> None:
    """A pipe at which a read would wait for ever, and a folder."""
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", tmp_path):
        with pytest.raises(ValueError, match=r"^it is not a regular file\.$"):
            read_regular_file(path, 1)
    assert left_open(tmp_path) == []
