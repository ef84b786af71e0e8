"""Where each value comes from: every kind of source, by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.main import main
from compass_action.tracking import digest_of
from tests.building import ARI
from tests.recorded import read_recording

OTHER = ARI[:-1] + "5"
BUILD = {
    "component-id": ARI, "event-type": "build", "state": "success", "pipeline-id": "b/7",
    "started-at": "2026-11-25T10:00:00Z", "url": "https://ci.example/7",
    "external-event-source-id": "https://git.example/shop",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout would tell its commit."""
    monkeypatch.chdir(tmp_path)


def sources(
    capsys: pytest.CaptureFixture[str], env: dict[str, str], **given: str
) -> list[tuple[str, str, str]]:
    """Name, value and source of every value of the event."""
    options = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    assert main(["check", "--offline", "--json", *options], env) == 0
    found = json.loads(capsys.readouterr().out)["values"]
    return [(row["name"], row["value"], row["source"]) for row in found]


def by_name(rows: list[tuple[str, str, str]]) -> dict[str, str]:
    return {name: source for name, _, source in rows}


def test_every_value_of_an_event_has_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    """Type, components and cloud come first."""
    given = BUILD | {"display-name": "CI", "completed-at": "2026-11-25T10:01:00Z",
                     "update-sequence-number": "7", "last-updated": "2026-11-25T10:01:00Z"}  # fmt: skip
    assert sources(capsys, {}, **given) == [
        ("event type", "build", "--event-type"),
        ("componentId", ARI, "--component-id"),
        ("cloudId", "a5fd7e86-1037-4957-88e1-656b1179d617", "the component's ARI"),
        ("displayName", "CI", "--display-name"),
        ("description", "shop", "--external-event-source-id"),
        ("url", "https://ci.example/7", "--url"),
        (
            "externalEventSourceId",
            "https://git.example/shop",
            "--external-event-source-id",
        ),
        ("lastUpdated", "2026-11-25T10:01:00Z", "--last-updated"),
        ("updateSequenceNumber", "7", "--update-sequence-number"),
        ("state", "SUCCESSFUL", "--state"),
        ("pipeline.pipelineId", "b/7", "--pipeline-id"),
        ("pipeline.displayName", "shop", "--external-event-source-id"),
        ("pipeline.url", "https://ci.example/7", "--url"),
        ("startedAt", "2026-11-25T10:00:00Z", "--started-at"),
        ("completedAt", "2026-11-25T10:01:00Z", "--completed-at"),
    ]


def test_what_nobody_gave_is_the_clock_s_or_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    rows = by_name(sources(capsys, {}, **{k: v for k, v in BUILD.items() if k != "event-type"}))
    assert (rows["event type"], rows["completedAt"]) == ("default", "the clock")
    assert (rows["updateSequenceNumber"], rows["lastUpdated"]) == ("the clock", "the clock")
    rows = by_name(sources(capsys, {}, **BUILD | {"event-type": "auto"}))
    assert rows["event type"] == "default"
    given = BUILD | {"environment": "prod", "sequence-number": "7", "event-type": "auto"}
    rows = by_name(sources(capsys, {}, **given))
    assert rows["event type"] == "an environment is known"
    assert rows["environment.environmentId"] == "--environment"
    assert rows["sequenceNumber"] == "--sequence-number"


def test_a_component_is_found_in_its_file_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a file that is not there nothing is found."""
    given = {name: value for name, value in BUILD.items() if name != "component-id"}
    (tmp_path / "compass.yaml").write_text(f"name: shop\n\nid: {ARI}\n")
    rows = by_name(sources(capsys, {}, **given))
    assert (rows["componentId"], rows["cloudId"]) == ("compass.yaml:3", "the component's ARI")
    given |= {"component-map": f"** = {OTHER}", "changed-files": "a"}
    rows = by_name(sources(capsys, {}, **given, cloud_id="a5fd7e86-1037-4957-88e1-656b1179d617"))
    assert (rows["componentId"], rows["cloudId"]) == ("default", "--cloud-id")


def test_each_of_several_components_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = sources(capsys, {}, **BUILD | {"component-id": f"{ARI},{OTHER}"})
    assert rows[1:3] == [
        ("componentId", ARI, "--component-id"),
        ("componentId", OTHER, "--component-id"),
    ]


def test_a_value_of_the_ci_system_has_the_variables_that_it_is_made_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At most four, what a person gave in front; the clock only where there is nothing else."""
    env = read_recording("gitlab-branch") | {"COMPASS_COMPONENT_ID": ARI}
    rows = by_name(sources(capsys, env))
    assert rows["componentId"] == "COMPASS_COMPONENT_ID"
    assert rows["state"] == "CI_JOB_STATUS"
    assert rows["startedAt"] == "CI_JOB_STARTED_AT"
    assert rows["pipeline.pipelineId"] == "CI_JOB_ID, CI_PIPELINE_ID, CI_PROJECT_URL"
    assert len(rows["description"].split(", ")) == 4
    rows = by_name(sources(capsys, env, description="mine", state="failed"))
    assert (rows["description"], rows["state"]) == ("--description", "--state")
    five = read_recording("appveyor-push") | {"COMPASS_COMPONENT_ID": ARI}
    assert by_name(sources(capsys, five, state="failed"))["url"] == (
        "APPVEYOR_ACCOUNT_NAME, APPVEYOR_BUILD_ID, APPVEYOR_JOB_ID, APPVEYOR_PROJECT_SLUG"
    )


def test_what_a_value_would_be_missing_without_is_its_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Here an attempt for which the number has no room, and a name that nothing else tells."""
    env = read_recording("github-push") | {
        "COMPASS_COMPONENT_ID": ARI, "GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": "", "GITHUB_STATE": "",
        "GITHUB_RUN_ATTEMPT": "100", "INPUT_CHECK-RUN-ID": "",
    }  # fmt: skip
    rows = by_name(sources(capsys, env, environment="prod"))
    assert rows["sequenceNumber"] == (
        "INPUT_WORKFLOW-REF, GITHUB_RUN_ATTEMPT, GITHUB_RUN_NUMBER, GITHUB_WORKFLOW_REF"
    )
    env = read_recording("argocd-pinned") | {"COMPASS_COMPONENT_ID": ARI}
    rows = by_name(sources(capsys, env, environment="prod", state="success"))
    assert rows["pipeline.pipelineId"] == (
        "--environment, ARGOCD_APP_NAME, ARGOCD_APP_SOURCE_REPO_URL"
    )


def test_the_payload_of_the_trigger_and_a_record_are_sources(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"head_commit": {"author": {"name": "Ann", "email": "ann@acme.example"}}}')
    env = read_recording("github-push") | {
        "COMPASS_COMPONENT_ID": ARI, "GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": "", "GITHUB_STATE": "",
        "GITHUB_EVENT_PATH": str(event),
    }  # fmt: skip
    rows = by_name(sources(capsys, env, event_type="push"))
    assert rows["author.name"] == "GITHUB_EVENT_PATH"
    (tmp_path / "record").write_text(
        '{"outputs":{"event-type":"build","pipeline-id":"b/7","state":"IN_PROGRESS",'
        '"update-sequence-number":"7"},"started_at":"2026-11-25T09:00:00Z",'
        f'"components":"{digest_of([ARI])}","source_id":"https://git.example/shop"}}\n'
    )
    given = {name: value for name, value in BUILD.items() if name != "started-at"}
    rows = by_name(sources(capsys, {}, **given, record="record"))
    given_names = "--external-event-source-id, --pipeline-id"
    assert rows["startedAt"] == f"{given_names}, the record of the begun event"


HEARD: dict[str, dict[str, object]] = {
    "deployment": {"id": 77, "environment": "Live", "task": "deploy", "ref": "main", "sha": "ab" * 20,
                   "created_at": "2026-11-20T09:01:12Z", "creator": {"login": "grace"}},
    "deployment_status": {"created_at": "2026-11-20T09:05:00Z", "log_url": "https://ci.acme.example/7"},
    "repository": {"html_url": "https://github.com/acme/shop"},
}  # fmt: skip


@pytest.mark.parametrize("state", ["failure", "success"])
@pytest.mark.parametrize("given", [{}, {"environment": "live"}])
def test_what_only_the_payload_tells_comes_from_it(
    state: str, given: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also the outcome that the job itself happens to have."""
    event = tmp_path / "event.json"
    status = HEARD["deployment_status"] | {"state": state}
    event.write_text(json.dumps(HEARD | {"deployment_status": status}))
    env = read_recording("github-deployment_status") | {
        "COMPASS_COMPONENT_ID": ARI, "GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": "", "GITHUB_STATE": "",
        "GITHUB_EVENT_PATH": str(event),
    }  # fmt: skip
    rows = by_name(sources(capsys, env, **given))
    told = "state sequenceNumber url pipeline.url startedAt completedAt lastUpdated"
    assert [name for name in told.split() if "GITHUB_EVENT_PATH" not in rows[name]] == []
    named = "--environment" if given else "GITHUB_EVENT_PATH"
    assert rows["environment.displayName"] == rows["environment.environmentId"] == named


def test_an_end_comes_from_the_clock_and_not_from_the_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A build without a start is reported without its end."""
    env = read_recording("gitlab-branch") | {"COMPASS_COMPONENT_ID": ARI}
    assert by_name(sources(capsys, env))["completedAt"] == "the clock"


DEPLOYMENT = BUILD | {"event-type": "deployment", "sequence-number": "7"}


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ({"environment": "prod"}, 'the word "prod" in the name'),
        ({"environment": "load-balancer-prod"}, 'the word "prod" in the name'),
        ({"environment": "uat_of_ours"}, 'the word "uat" in the name'),
        ({"environment": "prod/eu-prod"}, 'the word "prod" in the name'),
        ({"environment": "nowhere"}, "default"),
        ({"environment": "prod", "environment-category": "staging"}, "--environment-category"),
        ({"environment": "prod", "environment-category": "production"}, "--environment-category"),
        ({"environment": "prod", "environment-map": "prod = production"}, "--environment"),
        ({"environment": "prod", "environment-map": "prod = staging"},
         "--environment, --environment-map"),
    ],
)  # fmt: skip
def test_a_category_has_the_word_that_decides(
    given: dict[str, str], source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing else was given."""
    rows = by_name(sources(capsys, {}, **DEPLOYMENT | given))
    assert rows["environment.category"] == source


@pytest.mark.parametrize(
    ("tier", "source"),
    [("production", 'the word "prod" in the name'), ("staging", "CI_ENVIRONMENT_TIER")],
)
def test_a_category_that_the_host_tells_has_its_variable(
    tier: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    env = read_recording("gitlab-branch") | {
        "CI_ENVIRONMENT_NAME": "eu-prod", "CI_ENVIRONMENT_SLUG": "eu-prod", "CI_ENVIRONMENT_TIER": tier,
        "COMPASS_COMPONENT_ID": ARI,
    }  # fmt: skip
    assert by_name(sources(capsys, env))["environment.category"] == source
