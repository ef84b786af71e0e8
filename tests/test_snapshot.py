"""compass.yml files: found in a workspace that nobody vouches for, and read carefully."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action import snapshot
from compass_action.components import glob_matcher, is_glob
from compass_action.inputs import Inputs
from tests.components import ari, chosen, problem, read, refused, write


@pytest.mark.parametrize("name", ["compass.yml", "compass.yaml"])
def test_the_file_at_the_root_is_found(name: str, tmp_path: Path) -> None:
    write(tmp_path / name, f"name: shop\nid: {ari()}\nconfigVersion: 1\n")
    assert chosen(*read(tmp_path)) == (ari(),)


def test_both_files_at_the_root_are_two_components(tmp_path: Path) -> None:
    """One file describes one component; the same id twice is one event."""
    write(tmp_path / "compass.yml", f"id: {ari(1)}")
    write(tmp_path / "compass.yaml", f"id: {ari(2)}")
    assert chosen(*read(tmp_path)) == (ari(1), ari(2))
    write(tmp_path / "compass.yaml", f"id: {ari(1)}")
    assert chosen(*read(tmp_path)) == (ari(1),)


def test_without_any_file_the_message_says_what_to_give(tmp_path: Path) -> None:
    assert read(tmp_path) == ()
    [message] = refused(Inputs())
    assert message.startswith("component-id: it is not given, and there is no compass.yml")


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
    for index, path in enumerate(
        ["compass.yml", "services/a/compass.yml", "services/b/compass.yml",
         "services/b/deep/compass.yaml", ".git/compass.yml", "services/[slug]/compass.yml"]
    ):  # fmt: skip
        write(tmp_path / path, f"id: {ari(index)}")
    assert [file.path for file in read(tmp_path, pattern)] == found


def test_several_patterns_are_read_in_their_order(tmp_path: Path) -> None:
    for index, name in enumerate("ab"):
        write(tmp_path / name / "compass.yml", f"id: {ari(index)}")
    assert chosen(*read(tmp_path, "b/compass.yml", "*/compass.yml")) == (ari(1), ari(0))


@given(st.text(alphabet="a/*?[].\\(", max_size=12), st.text(alphabet="a/[].\\(", max_size=12))
@example("**/a", "a")
def test_a_pattern_without_wildcards_matches_itself_alone(pattern: str, path: str) -> None:
    if not is_glob(pattern):
        assert bool(glob_matcher(pattern)(path)) == (pattern.removeprefix("./") == path)
    else:
        glob_matcher(pattern)(path)  # and no pattern is an error


@pytest.mark.parametrize("pattern", ["missing/compass.yml", "*/compass.yml"])
def test_a_file_that_was_named_has_to_be_there(pattern: str, tmp_path: Path) -> None:
    assert problem(*read(tmp_path, pattern)).startswith(("it is not there.", "no file matches"))


@pytest.mark.parametrize(
    "path", ["../secret.yml", "/etc/passwd", "a/../../secret.yml", "link", "into/secret.yml"]
)
def test_nothing_outside_the_workspace_is_read(path: str, tmp_path: Path) -> None:
    """Also not through a symlink, which a pull request may have brought along."""
    outside = write(tmp_path / "secret.yml", f"id: {ari()}")
    workspace = tmp_path / "workspace"
    (workspace / "a").mkdir(parents=True)
    (workspace / "link").symlink_to(outside)
    (workspace / "into").symlink_to(tmp_path)
    [file] = read(workspace, path)
    assert file.text is None
    assert problem(file) == "it leads out of the workspace. Name one inside."


def test_the_default_file_as_a_symlink_to_the_outside_is_told(tmp_path: Path) -> None:
    outside = write(tmp_path / "secret.yml", f"id: {ari()}")
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "compass.yml").symlink_to(outside)
    assert problem(*read(tmp_path / "workspace")).startswith("it leads out of the workspace")


def test_a_symlink_inside_the_workspace_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "config" / "shop.yml", f"id: {ari()}")
    (tmp_path / "compass.yml").symlink_to("config/shop.yml")
    assert chosen(*read(tmp_path)) == (ari(),)


def test_a_workspace_that_is_itself_a_symlink_is_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path / "real" / "compass.yml", f"id: {ari()}")
    (tmp_path / "link").symlink_to("real")
    assert chosen(*read(tmp_path / "link")) == (ari(),)


def test_folders_that_form_a_loop_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path / "a" / "compass.yml", f"id: {ari()}")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [file.path for file in read(tmp_path, "**/compass.yml")] == ["a/compass.yml"]


def test_symlinks_that_lead_to_each_other_or_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").symlink_to("compass.yaml")
    (tmp_path / "compass.yaml").symlink_to("compass.yml")
    first, second = read(tmp_path)
    assert first.problem
    assert second.problem
    assert "cannot be read" in first.problem
    (tmp_path / "compass.yml").unlink()
    assert problem(*read(tmp_path)).startswith("it is not there.")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A folder, or a named pipe, at which a read would wait for ever."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    descriptors = Path("/proc/self/fd")
    before = sum(1 for _ in descriptors.iterdir()) if descriptors.exists() else 0
    for path in ("folder", "fifo", "."):
        assert problem(*read(tmp_path, path)) == "it is not a regular file."
    assert not before or sum(1 for _ in descriptors.iterdir()) == before


def test_a_name_longer_than_any_file_s_is_told(tmp_path: Path) -> None:
    [file] = read(tmp_path, "x" * 300)
    assert "cannot be read" in problem(file)


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "compass.yml", f"id: {ari()}\n#" + "x" * snapshot.COMPONENT_FILE_MAX_BYTES)
    assert problem(*read(tmp_path)) == "it is larger than 128 KiB."


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").write_bytes("name: caf\u00e9".encode("latin-1"))
    assert problem(*read(tmp_path)) == "it is not valid UTF-8."
    (tmp_path / "compass.yml").write_bytes(b"\xef\xbb\xbf" + f"id: {ari()}".encode())
    assert chosen(*read(tmp_path)) == (ari(),)


def test_a_glob_that_matches_hundreds_is_refused_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them is left out silently."""
    monkeypatch.setattr(snapshot, "COMPONENT_FILES_MAX", 3)
    for index in range(4):
        write(tmp_path / str(index) / "compass.yml", f"id: {ari(index)}")
    assert problem(*read(tmp_path, "*/compass.yml")).startswith("more than 3 files match it.")
    (tmp_path / "3" / "compass.yml").unlink()
    assert chosen(*read(tmp_path, "*/compass.yml")) == tuple(ari(index) for index in range(3))
