"""A look-up that breaks by a fault of ours has told nothing: the event goes without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import pytest

from compass_action.commands import lookups
from compass_action.lookup import compass as questions
from compass_action.lookup import events as shown
from compass_action.lookup import github
from tests.lookup.compass import BUILD, GITHUB, NONE, TOKEN, Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]

pytestmark = pytest.mark.usefixtures("faults_of_ours")

HEADLINE = "Compass Event itself has failed"
OPEN = ("--event-type", "build", "--state", "success", "--pipeline-id", "b/7")
SAID = " ".join(("something", "with", TOKEN))


def fail(*_: object, **__: object) -> NoReturn:
    raise LookupError(SAID)


@pytest.mark.parametrize(
    ("module", "name", "argv", "env", "says"),
    [
        (
            shown,
            "_page_through",
            OPEN,
            {},
            "Note: Compass could not be asked when the build began: ",
        ),
        (
            github,
            "find_job_start",
            OPEN[2:4],
            {**GITHUB, "INPUT_CHECK-RUN-ID": "7"},
            "GitHub could not be",
        ),
        (shown, "_page_through", (*BUILD, "--verify"), {}, "verify: Compass could not be asked: "),
    ],
    ids=["a build's start", "a job's start", "verify"],
)
def test_a_look_up_that_breaks_leaves_the_event_without_it(
    module: object,
    name: str,
    argv: tuple[str, ...],
    env: Mapping[str, str],
    says: str,
    program: Program,
    compass: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shown, "WAITS_SECONDS", (0.01,))
    monkeypatch.setattr(module, name, fail)
    if module is github:
        broken = github.HOST._replace(find_job_start=fail)
        monkeypatch.setattr(lookups, "HOSTS", {"github": broken})
        env = {**env, "INPUT_HOST-TOKEN": "ghs_0123456789abcdefghijklmnopqrstuvwxyz"}
    ran = program(*argv, **env)
    assert ran.code == 0
    assert len(compass.catalog.events) == 1
    assert says in ran.said
    assert "a fault of Compass Event itself (LookupError in " in ran.said
    assert SAID not in ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(("on_error", "code"), [("warn", 0), ("fail", 1)])
def test_a_needed_look_up_that_breaks_is_a_failed_delivery(
    on_error: str, code: int, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_told_component", fail)
    ran = program(*BUILD, "--component-slug", "shop-web", "--on-error", on_error, **NONE)
    assert ran.code == code, ran.said
    assert HEADLINE in ran.said
    assert "could not be looked up: a fault of Compass Event itself (LookupError in " in ran.said


def test_a_check_up_that_breaks_says_so_and_goes_on(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_component", fail)
    ran = program("check", *BUILD)
    assert ran.code == 1
    assert "component: failed." in ran.said
    assert "a fault of Compass Event itself (LookupError in lookup.compass, line " in ran.said
    assert "clock: ok." in ran.said
