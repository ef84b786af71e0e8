"""Where no CI system is known the checkout tells where it stands."""

from __future__ import annotations

import pytest

from compass_action.ci.run import CiRun
from compass_action.ci.unknown import SYSTEM
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot
from compass_action.workspace import GitTexts
from tests.recorded import NOW

COMMIT = "8e1f5c0d3b7a49286d51e4f09c2b3a7d6e8f1024"
CONFIG = '[remote "origin"]\nurl = git@github.com:acme/shop.git\n'


@pytest.mark.parametrize(
    ("git", "run"),
    [
        (GitTexts(), CiRun("unknown", status="failure")),
        (
            GitTexts("ref: refs/heads/main\n", CONFIG, ref=COMMIT),
            CiRun(
                "unknown",
                "https://github.com/acme/shop",
                ref="refs/heads/main",
                branch="main",
                commit=COMMIT,
                status="failure",
                is_local=True,
            ),
        ),
        (
            GitTexts(COMMIT, CONFIG),
            CiRun(
                "unknown",
                "https://github.com/acme/shop",
                commit=COMMIT,
                status="failure",
                is_local=True,
            ),
        ),
        (
            GitTexts("ref: refs/heads/main\n"),
            CiRun("unknown", ref="refs/heads/main", branch="main", status="failure"),
        ),
    ],
)
def test_a_checkout_tells_where_it_stands(git: GitTexts, run: CiRun) -> None:
    assert SYSTEM.parse(Snapshot({}, NOW, git=git), Inputs(job_status="failure")) == run


def test_it_is_what_is_left_and_needs_git() -> None:
    assert SYSTEM.detect({})
    assert SYSTEM.needs_git({})
    assert SYSTEM.naming is None
