"""What an earlier step or job has planted in the environment does not say where the token goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.lookup.compass import CATALOG
from tests.lookup.stand_in import standing_in
from tests.program.steps import ARI, TOKEN, Job
from tests.recorded import read_recording

GIVEN = {
    "COMPASS_EMAIL": "a@acme.example",
    "COMPASS_API_TOKEN": TOKEN,
    "COMPASS_COMPONENT_ID": ARI,
    "COMPASS_STATE": "success",
    "COMPASS_TIMEOUT": "1",
    "HTTPS_PROXY": "http://127.0.0.1:9",  # nothing leaves this machine
}
FORGED = '{"outputs":{"site":"acme","state":"success"}}'


def host(recording: str) -> dict[str, str]:
    """A host's own variables, as they are where no surface of ours is used."""
    env = read_recording(recording) | {"GITHUB_ACTION_REPOSITORY": ""}
    return {name: env[name] for name in env if not name.startswith(("INPUT_", "PLUGIN_"))} | GIVEN


@pytest.fixture
def thief() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "variable", ["INPUT_API_URL", "INPUT_API-URL", "PLUGIN_API_URL", "COMPASS_API_URL"]
)
@pytest.mark.parametrize(
    "recording",
    ["github-push", "gitea-push", "gitlab-branch", "bitbucket-branch", "jenkins-branch", "azure-branch",
     "buildkite-branch", "circleci-branch", "drone-push", "teamcity-branch", "tekton-push"],
)  # fmt: skip
def test_a_planted_address_does_not_replace_the_site(
    recording: str, variable: str, thief: Sandbox
) -> None:
    """In whatever spelling, on whatever host: it is left out, or both are told."""
    main([], host(recording) | {"COMPASS_SITE": "acme", variable: thief.url})
    assert thief.requests == []


@pytest.mark.parametrize(
    ("recording", "variable", "told"),
    [
        ("github-push", "INPUT_API-URL", True),
        ("github-push", "INPUT_API_URL", False),
        ("gitlab-branch", "INPUT_API_URL", True),
        ("gitlab-branch", "INPUT_API-URL", False),
        ("jenkins-branch", "INPUT_API_URL", False),
        ("drone-push", "PLUGIN_API_URL", True),
        ("bitbucket-branch", "PLUGIN_API_URL", False),
    ],
)
def test_two_places_to_send_to_are_told_where_both_may_be_meant(
    recording: str, variable: str, told: bool, thief: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    env = host(recording) | {"COMPASS_SITE": "acme", variable: thief.url}
    code = main([], env)
    said = "".join(capsys.readouterr())
    assert (code == 2) is told
    assert (f"{variable} and COMPASS_SITE both say where to send" in said) is told


@pytest.mark.parametrize("argv", [[], ["check"], ["--dry-run"], ["verify"]], ids=str)
def test_nobody_is_asked_until_that_is_settled(argv: list[str]) -> None:
    """Not even for the component, which comes before the problems are told."""
    with standing_in(CATALOG) as listening:
        env = host("jenkins-branch") | {"COMPASS_SITE": "acme", "COMPASS_API_URL": listening.url}
        main(argv, env | {"COMPASS_COMPONENT_ID": "", "COMPASS_COMPONENT_SLUG": "shop-web"})
        assert listening.asked == []


@pytest.mark.parametrize("recording", ["gitlab-branch", "bitbucket-branch"])
def test_a_forged_echo_takes_no_site_away(
    recording: str, thief: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = {"COMPASS_TRACKED": FORGED, "COMPASS_API_URL": thief.url}
    assert main([], host(recording) | {"COMPASS_SITE": "acme"} | planted) == 2
    assert thief.requests == []
    assert "COMPASS_API_URL and COMPASS_SITE both say" in "".join(capsys.readouterr())


def test_a_doubtful_spelling_comes_behind_the_user_s_own_address(
    thief: Sandbox, tmp_path: Path
) -> None:
    """The runner has set the input, empty, with its hyphen."""
    with running_sandbox() as good:
        job = Job(tmp_path, "")
        ran = job.step({"site": ""}, COMPASS_API_URL=good.url, INPUT_API_URL=thief.url)
        assert ran.code == 0, ran.log
        assert len(good.requests) == 1
    assert thief.requests == []


@pytest.mark.parametrize("variable", ["INPUT_API_URL", "INPUT_API-URL", "PLUGIN_API_URL"])
def test_a_container_step_with_a_site_sends_nowhere_else(variable: str, thief: Sandbox) -> None:
    """`uses: docker://…` with `with:`: the runner sets what is written there, and nothing more."""
    main([], host("github-push") | {"INPUT_SITE": "acme", variable: thief.url})
    assert thief.requests == []


@pytest.mark.parametrize("recording", ["github-push", "gitea-push", "forgejo-push"])
@pytest.mark.parametrize("site", ["INPUT_SITE", "COMPASS_SITE"])
def test_an_action_s_address_comes_before_a_site(recording: str, site: str) -> None:
    """Its runner sets every input: no step before can have set one."""
    with running_sandbox() as good:
        env = host(recording) | {"GITHUB_ACTION_REPOSITORY": "acme/compass-event"}
        assert main([], env | {site: "acme", "INPUT_API-URL": good.url}) == 0
        assert len(good.requests) >= 1


def test_an_action_s_address_comes_before_a_planted_one(thief: Sandbox) -> None:
    with running_sandbox() as good:
        env = host("github-push") | {"GITHUB_ACTION_REPOSITORY": "acme/compass-event"}
        assert main([], env | {"INPUT_API-URL": good.url, "COMPASS_API_URL": thief.url}) == 0
        assert len(good.requests) == 1
    assert thief.requests == []


@pytest.mark.parametrize(
    ("recording", "own"),
    [
        ("jenkins-branch", "INPUT_API_URL"),
        ("jenkins-branch", "PLUGIN_API_URL"),
        ("drone-push", "PLUGIN_API_URL"),
        ("gitlab-branch", "INPUT_API_URL"),
        ("azure-branch", "INPUT_API_URL"),
        ("github-push", "INPUT_API-URL"),
        ("gitea-push", "INPUT_API-URL"),
    ],
)
@pytest.mark.parametrize("argv", [[], ["check"], ["verify"], ["--dry-run"]], ids=str)
def test_of_two_addresses_that_may_be_planted_neither_is_asked(
    argv: list[str], recording: str, own: str, thief: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever of them is the user's, and whatever has to be looked up."""
    with running_sandbox() as good:
        planted = {
            "COMPASS_API_URL": thief.url,
            own: good.url,
            "COMPASS_COMPONENT_SLUG": "shop-web",
        }
        assert main(argv, host(recording) | planted | {"COMPASS_COMPONENT_ID": ""}) == 2
        assert good.requests == []
    assert thief.requests == []
    said = "".join(capsys.readouterr())
    assert f"api-url: {own} and COMPASS_API_URL have different values, and an earlier step" in said
    assert "site" not in said.replace(" site ", "")


@pytest.mark.parametrize("named", ["gitlab", "tekton", "github"])
def test_a_planted_ci_opens_no_door(named: str, thief: Sandbox) -> None:
    """Whose variables count the environment shows, not the input `ci`."""
    with running_sandbox() as good:
        planted = {"COMPASS_CI": named, "INPUT_API_URL": thief.url, "INPUT_API-URL": thief.url}
        env = host("bitbucket-branch") | {"COMPASS_API_URL": good.url} | planted
        main(
            ["--external-event-source-id", "s", "--pipeline-id", "p", "--url", "https://x.example"],
            env,
        )
    assert thief.requests == []


def test_what_only_looks_like_a_surface_s_counts_where_nothing_else_does(thief: Sandbox) -> None:
    env = host("jenkins-branch") | {"INPUT_API_URL": thief.url}
    assert main([], env) == 0
    assert len(thief.requests) == 1
