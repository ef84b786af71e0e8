"""Files of another checkout below the workspace's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action import workspace


@pytest.mark.parametrize(
    ("path", "nested"),
    [
        ("a.yml", False),
        ("own/a.yml", False),
        ("pr/a.yml", True),
        ("pr/deep/a.yml", True),
        ("./pr/a.yml", True),
        ("own/../pr/a.yml", True),
        ("pr/../a.yml", False),
        ("work/a.yml", True),
        ("into.yml", True),
        ("pr/out.yml", True),
        ("../a.yml", False),
        ("pr/not-there.yml", True),
    ],
)
def test_a_file_below_another_checkout_is_nested(path: str, nested: bool, tmp_path: Path) -> None:
    """By the way that is written, or by the one that symlinks make of it. The root is no such checkout."""
    root = tmp_path / "root"
    for folder in (".git", "own", "pr/.git", "pr/deep", "work"):
        (root / folder).mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (root / "work" / ".git").write_text("gitdir: x")
    (root / "into.yml").symlink_to("pr/a.yml")
    (root / "pr" / "out.yml").symlink_to("../a.yml")
    assert workspace.is_nested(root, path) is nested


def test_what_leads_round_in_circles_is_nobody_s(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert workspace.is_nested(tmp_path, "a/compass.yml")
