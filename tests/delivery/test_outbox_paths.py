"""Where an outbox may stand: below the current folder stands what anybody has committed."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from compass_action.delivery import outbox
from tests.delivery.lines import URL, line, small


@pytest.mark.parametrize("kind", ["symlink", "pipe", "folder"])
def test_only_a_regular_file_is_an_outbox(kind: str, tmp_path: Path) -> None:
    """A symlink may have been committed by anybody; a pipe would never answer."""
    path, victim = tmp_path / "outbox", tmp_path / "victim"
    victim.write_text("untouched")
    if kind == "symlink":
        path.symlink_to(victim)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(OSError) as caught:  # noqa: PT011 - which one depends on the kind
        outbox.spool(str(path), [small("a")], URL)
    assert caught.value.errno in (errno.ELOOP, errno.EINVAL, errno.EISDIR)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the same
        outbox.read(str(path))
    assert caught.value.errno in (errno.ELOOP, errno.EINVAL, errno.EISDIR)
    assert victim.read_text() == "untouched"


def test_an_outbox_two_folders_deep_is_made_with_its_folders(tmp_path: Path) -> None:
    deep = tmp_path / "kept" / "for later" / "outbox.jsonl"
    outbox.spool(str(deep), [small("a")], URL)
    outbox.spool(str(deep), [small("b")], URL)
    assert [entry.request.body for entry in outbox.read(str(deep))[0]] == [b"a", b"b"]
    assert stat.S_IMODE(deep.stat().st_mode) == 0o600
    assert [path.name for path in deep.parent.iterdir()] == ["outbox.jsonl"]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with links out of it and inside it."""
    here, elsewhere = tmp_path / "checkout", tmp_path / "elsewhere"
    (here / "inside").mkdir(parents=True)
    elsewhere.mkdir()
    (here / "out").symlink_to(elsewhere)
    (here / "in").symlink_to(here / "inside")
    (tmp_path / "named").symlink_to(elsewhere)
    (tmp_path / "here").symlink_to(here)
    monkeypatch.chdir(here)
    return here


@pytest.mark.parametrize(
    "path",
    ["out/box", "./out/box", "inside/../out/box", "out/deep/box", "out/../box", "out/../new/box"],
)
def test_a_folder_of_the_checkout_leads_nowhere_else(path: str, checkout: Path) -> None:
    with pytest.raises(OSError, match="a folder of its path is a symlink") as caught:
        outbox.spool(path, [small("a")], URL)
    assert caught.value.errno == errno.ELOOP
    assert list((checkout.parent / "elsewhere").iterdir()) == []
    assert {path.name for path in checkout.parent.iterdir()} == {
        "checkout",
        "elsewhere",
        "named",
        "here",
    }


@pytest.mark.parametrize(
    "path", ["box", "inside/box", "in/box", "new/box", "../named/box", "../elsewhere/box"]
)
def test_what_was_named_so_is_written(path: str, checkout: Path) -> None:
    outbox.spool(path, [small("a")], URL)
    assert Path(path).read_bytes() == line(b"a")


def test_a_checkout_that_is_reached_through_a_symlink_is_one(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout.parent / "here")
    outbox.spool("inside/box", [small("a")], URL)
    with pytest.raises(OSError, match="a folder of its path is a symlink"):
        outbox.spool(str(checkout / "out" / "box"), [small("a")], URL)
