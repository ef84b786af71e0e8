"""States: every word that a host or a user may give, for each type of event."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action.event.states import FINAL, UNFINISHED, is_unfinished, read
from tests.recorded import TESTS, read_json

WORDS: dict[str, dict[str, str]] = read_json(TESTS / "event" / "states.json")
CASES = [(kind, word, WORDS[kind][word]) for kind in WORDS for word in WORDS[kind]]


@pytest.mark.parametrize(("kind", "word", "expected"), CASES)
def test_a_word_leads_to_compass_s_state(kind: str, word: str, expected: str) -> None:
    """The table is `states.json`; case, underscores, hyphens and blanks do not matter."""
    for spelling in (
        word,
        word.upper(),
        word.replace(" ", "_"),
        word.replace(" ", "-"),
        f" {word}\n",
    ):
        assert read(kind, spelling) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("notrun", "SKIPPED"),
        ("Not-Run", "SKIPPED"),
        ("ONHOLD", "PENDING"),
        ("INPROGRESS", "IN_PROGRESS"),
        ("timedout", "FAILED"),
        ("rolledback", "ROLLED_BACK"),
        ("can_celled", "CANCELLED"),
    ],
)
def test_a_word_is_known_however_its_parts_are_joined(word: str, expected: str) -> None:
    assert read("deployment", word) == expected
    assert read("incident", "O-pen") == "OPEN"
    assert read("flag", "TargetingUPDATED") == "targeting_updated"


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("notrunn", "Did you mean not-run?"),
        ("nt-run", "Did you mean not-run?"),
        ("notbuild", "Did you mean not-built?"),
        ("skiped", "Did you mean skipped?"),
        ("otstarted", "Did you mean not-started?"),
        ("succeeded with issue", "Did you mean succeeded-with-issues?"),
        (
            "pased",
            "Use one of: success, failure, cancelled, running … "
            "(compass-event help deployment has them all).",
        ),
        (
            "in progress sucess",
            "Use one of: success, failure, cancelled, running … "
            "(compass-event help deployment has them all).",
        ),
    ],
)
def test_a_near_miss_is_never_another_outcome(word: str, advice: str) -> None:
    with pytest.raises(ValueError, match="is not a deployment state") as raised:
        read("deployment", word)
    assert str(raised.value).endswith(f"state. {advice}")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("SucceededWithIssues", "SUCCESSFUL"),
        ("TimedOut", "FAILED"),
        ("InProgress", "IN_PROGRESS"),
        ("RolledBack", "ROLLED_BACK"),
    ],
)
def test_azure_s_words_are_understood(word: str, expected: str) -> None:
    assert read("deployment", word) == expected


def test_a_word_may_mean_something_else_on_one_ci_system() -> None:
    """Which word of everybody's it stands for there is in that system's record."""
    own = {"unstable": "success"}
    assert read("build", "UNSTABLE") == "FAILED"
    assert read("build", "UNSTABLE", own) == "SUCCESSFUL"


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize(
    "word", ["sucess", "", "0x0", "1.0", "12345678901", "--1", "٣", "succ\x00ess"]
)
def test_an_unknown_word_names_some_of_the_known_ones(kind: str, word: str) -> None:
    """Never a silent UNKNOWN; at most four, each of which is one, and where the rest stands."""
    with pytest.raises(ValueError, match=r"Use one of: |Did you mean success\?") as raised:
        read(kind, word)
    known, _, rest = str(raised.value).partition("Use one of: ")[2].partition(" … ")
    listed = [named for named in known.rstrip(".").split(", ") if named]
    assert len(listed) <= 4
    assert all(read(kind, named) for named in listed)
    page = "pull-request" if kind == "pullRequest" else kind
    assert rest in ("", f"(compass-event help {page} has them all).")
    assert "\x00" not in str(raised.value)


@pytest.mark.parametrize("kind", sorted(set(WORDS) - {"build", "deployment"}))
def test_an_exit_code_is_no_state_of_what_has_none(kind: str) -> None:
    word = "pull-request" if kind == "pullRequest" else kind
    with pytest.raises(ValueError, match=f"is not an? {word} (state|status|stage)"):
        read(kind, "0")


@given(st.sampled_from(list(WORDS)), st.text(max_size=20))
@example("build", "NOT BUILT")
@example("incident", "skipped")
def test_any_text_is_a_state_or_an_error(kind: str, word: str) -> None:
    try:
        found = read(kind, word)
    except ValueError as error:
        found = str(error)
    skipped = {"SKIPPED"} if kind in {"build", "deployment"} else set()
    known = {*WORDS[kind].values(), *skipped}
    assert found in known or "Use one of: " in found or "Did you mean " in found


def test_a_build_or_deployment_is_either_over_or_not() -> None:
    assert {*WORDS["build"].values(), *WORDS["deployment"].values()} == FINAL | UNFINISHED
    assert not FINAL & UNFINISHED


@pytest.mark.parametrize("word", ["running", "In Progress", "QUEUED"])
def test_a_job_cannot_end_in_progress(word: str) -> None:
    assert is_unfinished(word)


@pytest.mark.parametrize("word", ["failed", "0", "", None, "sucess"])
def test_other_words_are_no_sign_of_going_on(word: str | None) -> None:
    assert not is_unfinished(word)
