"""The simulated GitHub runner: what it makes of the files and of the log of one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.github_runner import (
    FileCommandError,
    check_summary,
    parse_command,
    parse_env,
    parse_pairs,
    parse_path,
    read_log,
)


@pytest.mark.parametrize(
    ("content", "pairs"),
    [
        (b"", {}),
        (b"\n\na=1\n\n", {"a": "1"}),
        (b"a=1=2<<3\n", {"a": "1=2<<3"}),
        (b"a=1", {"a": "1"}),
        (b" a =1\n", {" a ": "1"}),
        (b"#a=1\n", {"#a": "1"}),
        (b"=1\n", {"": "1"}),
        (b"a=1\na=2\n", {"a": "2"}),
        (b"a<<E\nE\n", {"a": ""}),
        (b"a<<E\n1\n\n2\nE\nb=3\n", {"a": "1\n\n2", "b": "3"}),
        (b"a<<E=F\n1\nE=F\n", {"a": "1"}),
        (b"a<<E\n1\nE", {"a": "1"}),
        (b"a<<E\n E\nE \nE\n", {"a": " E\nE "}),
        (b"a<<E\r\n1\r\nE\r\n", {"a": "1\r"}),
        (b"\xef\xbb\xbfa=1\n", {"a": "1"}),
        (b"a=1\n\xef\xbb\xbfb=2\n", {"a": "1", "\ufeffb": "2"}),
        (b"a=\xff\n", {"a": "\ufffd"}),
        ("\ufeffa=1\n".encode("utf-16-le"), {"a": "1"}),
    ],
)
def test_a_well_formed_file_gives_names_and_values(content: bytes, pairs: dict[str, str]) -> None:
    assert list(parse_pairs(content).items()) == list(pairs.items())


@pytest.mark.parametrize(
    "content",
    [
        b"neither form\n",
        b" \n",
        b"a<<\n\n",
        b"<<E\n1\nE\n",
        b"a<<E\n1\n",
        b"a<<E\n1\ne\n",
        b"a<<E\n1\nE \n",
        b"a<<E\n1E",
        b"a<<E",
        b"a<<E\r\n1\r\nE\n",
        b"a=1\nb\n",
    ],
)
def test_a_malformed_file_is_refused(content: bytes) -> None:
    with pytest.raises(FileCommandError):
        parse_pairs(content)


def test_the_environment_file_refuses_node_options() -> None:
    assert parse_env(b"A=1\n") == {"A": "1"}
    with pytest.raises(FileCommandError):
        parse_env(b"node_options=--require x\n")


def test_the_path_file_has_a_folder_on_each_line() -> None:
    assert parse_path(b"/a\r\n\n/b c\n") == ["/a", "/b c"]


def test_a_summary_may_have_a_mebibyte() -> None:
    assert check_summary(b"x" * 1024 * 1024) is None
    assert "got 1024k" in (check_summary(b"x" * (1024 * 1024 + 1)) or "")


@pytest.mark.parametrize(
    ("line", "name", "properties", "data"),
    [
        ("::error::x", "error", {}, "x"),
        ("::ERROR::x", "error", {}, "x"),
        (" \t\u00a0\u2003::error::x", "error", {}, "x"),
        ("::error ::x", "error", {}, "x"),
        ("::error title=a%3Ab%2Cc,file=,line=3::x", "error", {"title": "a:b,c", "line": "3"}, "x"),
        ("::error title=a=b, col=1::x", "error", {"title": "a=b", " col": "1"}, "x"),
        ("::error::%0A%250A%3A::", "error", {}, "\n%0A%3A::"),
        ("::error:\u200b:x", "error", {}, "x"),
        ("text ##[error]x", "error", {}, "x"),
        ("##[Error title=a%5D;line=1;col]%3B", "error", {"title": "a]", "line": "1"}, ";"),
        ("::nonsense::##[debug]x", "debug", {}, "x"),
    ],
)
def test_a_command_is_recognised(
    line: str, name: str, properties: dict[str, str], data: str
) -> None:
    command = parse_command(line)
    assert command is not None
    found = (command.name, command.properties, command.data.lstrip("\u200b:") or command.data)
    assert found == (name, properties, data)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "::",
        "::error",
        ":: error::x",
        "x ::error::x",
        "::eror::x",
        "::error;::x",
        "##[ error]x",
        "##[error",
        "# #[error]x",
    ],
)
def test_anything_else_is_text(line: str) -> None:
    assert parse_command(line) is None
    assert read_log(f"{line}\n").visible_log == f"{line}\n"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_carriage_return_alone_begins_a_line(end: str) -> None:
    """So text from strangers that keeps one can still begin a command with it."""
    assert [command.name for command in read_log(f"x{end}::debug::y").commands] == ["debug"]


@pytest.mark.parametrize("end", ["\u2028", "\x0b", "\x85"])
def test_other_separators_do_not_begin_a_line(end: str) -> None:
    assert read_log(f"x{end}::error::y").commands == []


@pytest.mark.parametrize("read", [read_log, lambda text: read_log("", text)])
def test_commands_count_on_both_streams(read: Callable[..., object]) -> None:
    assert getattr(read("::warning title=T::m\n"), "annotations")[0].title == "T"  # noqa: B009


def test_commands_stop_until_the_token_comes() -> None:
    log = read_log("::stop-commands::Tok\n::error::a\n##[error]b\n##[tok]\n::error::c\n")
    assert [annotation.message for annotation in log.annotations] == ["c"]
    assert log.visible_log == "::stop-commands::Tok\n::error::a\n##[error]b\n##[tok]\n##[error]c\n"


def test_a_long_stop_token_is_a_secret() -> None:
    assert read_log("::stop-commands::1234567\n::1234567::\n").visible[1] == "::***::"


@pytest.mark.parametrize("token", ["", "pause-logging", "Error"])
def test_a_stop_token_that_means_something_else_fails_the_step(token: str) -> None:
    log = read_log(f"::stop-commands::{token}\n::warning::still heard\n")
    assert log.failures
    assert log.annotations[-1].message == "still heard"


def test_a_mask_hides_what_comes_after_it_line_by_line() -> None:
    log = read_log("abc\n::add-mask::abc%0Axyz\nabcd xyz\n", "abcabc\n")
    assert log.visible_log == "abc\n***d ***\n***\n"
    assert log.masks == ["abc\nxyz", "abc", "xyz"]


def test_an_empty_mask_is_a_warning() -> None:
    log = read_log("::add-mask:: \n")
    assert (log.masks, log.annotations[0].kind) == ([], "warning")


def test_ten_annotations_of_a_kind_are_kept_and_all_are_logged() -> None:
    log = read_log("::error::e\n" * 12 + "::notice::n\n")
    assert [annotation.kind for annotation in log.annotations] == ["error"] * 10 + ["notice"]
    assert log.visible_log == "##[error]e\n" * 12 + "##[notice]n\n"


def test_an_annotation_is_cut_at_4096_characters_and_masked() -> None:
    (annotation,) = read_log("::error::s3cret" + "x" * 5000, masks=["s3cret"]).annotations
    assert annotation.message == "***" + "x" * 4093


def test_an_annotations_file_is_relative_to_the_workspace() -> None:
    (annotation,) = read_log("::error file=/github/workspace/src/a.py,line=3::x").annotations
    assert annotation.properties == {"file": "src/a.py", "line": "3"}


def test_groups_are_shown_and_debug_only_when_asked_for() -> None:
    text = "::group::G\n::debug::d%0Ae\n::endgroup::x\n"
    assert read_log(text).visible_log == "##[group]G\n##[endgroup]\n"
    assert "##[debug]d\n##[debug]e\n" in read_log(text, debug=True).visible_log


def test_echo_repeats_commands_but_no_masks() -> None:
    log = read_log("::echo::ON\n::set-output name=a::1\n::add-mask::s3cret\n::echo::off\n")
    assert "::set-output name=a::1\n" in log.visible_log
    assert "::add-mask::***\n" in log.visible_log
    assert "s3cret" not in log.visible_log


@pytest.mark.parametrize(
    "line",
    ["::set-env name=A::1", "::add-path::/x", "::set-output::1", "::save-state::1", "::echo::x"],
)
def test_a_command_that_cannot_be_carried_out_fails_the_step(line: str) -> None:
    assert read_log(line).failures
