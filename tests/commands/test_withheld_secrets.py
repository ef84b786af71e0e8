"""Where a host withholds secrets by design, a run reports nothing and harms nobody."""

from __future__ import annotations

import pytest

from compass_action.main import main
from tests.building import ARI
from tests.recorded import read_recording

WITHOUT_SECRETS = {
    "COMPASS_COMPONENT_ID": ARI,
    "COMPASS_SITE": "acme",
    **dict.fromkeys(("INPUT_API-TOKEN", "INPUT_EMAIL", "COMPASS_API_TOKEN", "COMPASS_EMAIL"), ""),
}


def run(recording: str, capsys: pytest.CaptureFixture[str], **more: str) -> tuple[int, str]:
    code = main([], read_recording(recording) | WITHOUT_SECRETS | more)
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("recording", "reason"),
    [
        ("github-dependabot", "GitHub hands no secrets to a run that Dependabot started."),
        ("gitlab-merge-request", "GitLab hands no secrets to an unprotected branch or tag, if the"),
    ],
)
def test_a_run_without_secrets_is_skipped_with_a_reason(
    recording: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(recording, capsys)
    assert code == 0
    assert reason in said
    assert "Nothing was sent" in said


@pytest.mark.parametrize("recording", ["github-push", "gitlab-branch"])
def test_a_run_that_should_have_them_fails(
    recording: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the default branch nothing is withheld: there the configuration is wrong."""
    code, said = run(recording, capsys)
    assert code == 2
    assert "api-token: " in said


def test_a_variable_that_is_there_is_used_on_an_unprotected_branch(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Only protected variables are withheld there; a wrong input is then told."""
    given = {"COMPASS_API_TOKEN": "correct-horse-battery", "COMPASS_EMAIL": "a@acme.example"}
    code, said = run("gitlab-merge-request", capsys, **given, COMPASS_STATE="sucess")
    assert code == 2
    assert "api-token: " not in said
    assert 'state: "sucess" is not a build state' in said
