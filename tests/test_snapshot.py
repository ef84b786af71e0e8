"""The snapshot: files in a workspace that nobody vouches for, the trigger's payload, records; the clock.

What component files say is looked at in `event/test_components.py`.
"""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action import snapshot, workspace
from compass_action.globs import glob_matcher, is_glob
from compass_action.snapshot import Place, Snapshot, Wanted
from compass_action.workspace import ComponentFile

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


def write(path: Path, text: str = "id: x\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


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
    descriptors = Path("/proc/self/fd")
    before = sum(1 for _ in descriptors.iterdir()) if descriptors.exists() else 0
    for path in ("folder", "fifo", "."):
        assert problem(tmp_path, path) == "it is not a regular file."
    assert not before or sum(1 for _ in descriptors.iterdir()) == before


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


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "[" * 100_000, '"x"', "\ud800"])
def test_a_payload_that_cannot_be_read_is_absent(content: str, tmp_path: Path) -> None:
    """The run is reported without what it would have said."""
    payload = tmp_path / "event.json"
    payload.write_text(content, "utf-8", "surrogatepass")
    for path in (payload, tmp_path, tmp_path / "missing"):
        assert snapshot.read({}, Wanted(trigger=str(path))).trigger == {}
    payload.write_text('{"number": 7}')
    assert snapshot.read({}, Wanted(trigger=str(payload))).trigger == {"number": 7}


def test_the_lines_of_records_are_handed_on_as_they_are(tmp_path: Path) -> None:
    """Of one file, or of the files of a folder that have such a name; a damaged one hides no other."""
    write(tmp_path / "dotenv", "A=1\nB=2\n")
    write(tmp_path / "record-1", "one")
    (tmp_path / "record-0").write_bytes(b"\xff" * 40_000)
    write(tmp_path / "another", "not ours")
    places = (
        Place(str(tmp_path / "dotenv")),
        Place(str(tmp_path), re.compile("record-[0-9]")),
        Place(str(tmp_path / "missing")),
        Place(str(tmp_path / "missing"), re.compile("x")),
    )
    assert snapshot.read({}, Wanted(records=places)).records == ("A=1", "B=2", "one")


def test_without_a_wish_nothing_but_the_clock_is_read() -> None:
    before = datetime.now(UTC)
    taken = snapshot.read({"HOME": "/root"}, Wanted())
    assert before <= taken.now <= datetime.now(UTC)
    assert taken == Snapshot({"HOME": "/root"}, taken.now)


def test_the_environment_is_not_shown() -> None:
    """It holds secrets."""
    assert "s3cret" not in repr(snapshot.read({"TOKEN": "s3cret"}, Wanted()))


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    """Python hands them over as lone surrogates; on Windows half of a pair may come as it is."""
    odd = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert snapshot.clean({"A": odd, "B": "\ud83d", "C": "é"}) == {
        "A": "caf\ufffd",
        "B": "?",
        "C": "é",
    }


def test_everything_that_is_read_passes_through_what_hides(tmp_path: Path) -> None:
    """Texts of components, the payload and records; the environment has been hidden before."""
    write(tmp_path / "compass.yml", "name: s3cret")
    write(tmp_path / "payload", '{"a": "s3cret"}')
    write(tmp_path / "record", "s3cret\nb\n")
    wanted = Wanted(
        str(tmp_path),
        trigger=str(tmp_path / "payload"),
        component_files=("compass.yml", "missing.yml"),
        records=(Place(str(tmp_path / "record")),),
    )
    taken = snapshot.read({"A": "s3cret"}, wanted, lambda text: text.replace("s3cret", "***"))
    assert [file.text for file in taken.component_files.files] == ["name: ***", None]
    assert (taken.trigger, taken.records) == ({"a": "***"}, ("***", "b"))
    assert taken.env == {"A": "s3cret"}


def test_git_is_read_where_it_is_wanted(tmp_path: Path) -> None:
    write(tmp_path / ".git" / "HEAD", "ref: refs/heads/main")
    assert snapshot.read({}, Wanted(str(tmp_path))).git == workspace.GitTexts()
    assert snapshot.read({}, Wanted(str(tmp_path), git=True)).git.head == "ref: refs/heads/main"


def test_a_snapshot_shows_its_time_and_its_files() -> None:
    taken = Snapshot({"TOKEN": "s3cret"}, datetime(2026, 11, 23, tzinfo=UTC))
    assert repr(taken) == (
        "Snapshot(now=2026-11-23 00:00:00+00:00, component_files=ComponentFiles(files=(), elsewhere=(), "
        "workspace_is_empty=False))"
    )


def test_records_are_read_up_to_sixteen_kibibytes(tmp_path: Path) -> None:
    for size, read in ((16 * 1024, 1), (16 * 1024 + 1, 0)):
        write(tmp_path / "record", "x" * size)
        taken = snapshot.read({}, Wanted(records=(Place(str(tmp_path / "record")),)))
        assert len(taken.records) == read


def test_a_payload_is_read_up_to_thirty_two_mebibytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert snapshot.TRIGGER_MAX_BYTES == snapshot.LINES_MAX_BYTES == 32 * 1024 * 1024
    monkeypatch.setattr(snapshot, "TRIGGER_MAX_BYTES", 8)
    for text, read in (('{"a": 1}', {"a": 1}), ('{"a": 12}', {})):
        path = str(write(tmp_path / "payload", text))
        assert snapshot.read({}, Wanted(trigger=path)).trigger == read


LIMIT = 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("content", "of_file", "of_input"),
    [
        (b"\xef\xbb\xbfa\n", None, None),
        (b"x" * LIMIT, None, None),
        (b"\xff", "it is not valid UTF-8.", "it is not valid UTF-8."),
        (b"x" * (LIMIT + 1), "it is larger than 2048 KiB.", "it is larger than 2 MiB."),
    ],
    ids=["a byte order mark", "just small enough", "no text", "too large"],
)
def test_a_file_of_lines_is_read_from_its_path_or_from_standard_input(
    content: bytes,
    of_file: str | None,
    of_input: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot, "LINES_MAX_BYTES", LIMIT)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    (tmp_path / "lines").write_bytes(content)
    for path, told in ((str(tmp_path / "lines"), of_file), ("-", of_input)):
        if told is None:
            assert snapshot.read_lines_of(path) == content.decode("utf-8-sig")
            continue
        with pytest.raises(ValueError, match=r"^it is ") as raised:
            snapshot.read_lines_of(path)
        assert str(raised.value) == told


def test_a_file_of_lines_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ValueError, match=r"^it cannot be read \(FileNotFoundError\)\.$"):
        snapshot.read_lines_of(str(tmp_path / "missing"))
    with pytest.raises(ValueError, match=r"^it cannot be read \((RuntimeError|OSError)\)\.$"):
        snapshot.read_lines_of(str(tmp_path / "loop"))
    (tmp_path / "link").symlink_to("lines")
    write(tmp_path / "lines", "a")
    assert snapshot.read_lines_of(str(tmp_path / "link")) == "a"
