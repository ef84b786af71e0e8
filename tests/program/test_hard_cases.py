"""The recipes of docs/hard-cases.md, played with the program against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.sources import ROOT

ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


@pytest.fixture
def compass(sandbox: Sandbox) -> dict[str, str]:
    """What every job is given."""
    sandbox.clear()
    return {
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_EMAIL": "ada@acme.example",
        "COMPASS_API_TOKEN": "made-up-token",
        "COMPASS_COMPONENT_ID": ARI,
        "COMPASS_ON_ERROR": "fail",
    }


def feed(sandbox: Sandbox) -> list[tuple[str, str, int]]:
    """Type, state and number of requests of each event."""
    rows = sandbox.feed(ARI)["events"]
    return [(row["type"], row["state"], len(row["history"])) for row in rows]


def test_a_lost_job_s_event_is_ended_with_its_own_id(
    compass: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    """As examples/github/end-lost-jobs.yml does: the job's id in the REST API is the check run."""
    job = compass | {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "7421",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_JOB": "test",
        "RUNNER_TEMP": str(tmp_path),
        "INPUT_CHECK-RUN-ID": "41234567890",
        "INPUT_TRACK": "true",
    }
    assert main([], job) == 0
    assert feed(sandbox) == [("build", "IN_PROGRESS", 1)]
    workflow = yaml.safe_load((ROOT / "examples/github/end-lost-jobs.yml").read_text())
    given = workflow["jobs"]["end"]["steps"][0]["with"]
    values = {
        "github.repository": "acme/shop",
        "github.event.workflow_run.id": "7421",
        "github.event.workflow_run.run_attempt": "2",
        "github.event.workflow_run.name": "CI",
        "matrix.job.id": "41234567890",
        "matrix.job.conclusion": "timed_out",
        "matrix.job.started_at": "2026-11-23T12:00:00Z",
        "matrix.job.completed_at": "2026-11-23T12:10:00Z",
        "matrix.job.html_url": "https://github.com/acme/shop/actions/runs/7421/job/41234567890",
    }
    other = {name: fill(text, values) for name, text in given.items()}
    other = {k: v for k, v in other.items() if k not in ("site", "email", "api-token")}
    end = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "9999",
        "GITHUB_JOB": "end",
        "INPUT_CHECK-RUN-ID": "51111111111",
    } | {f"INPUT_{name.upper()}": text for name, text in other.items()}
    assert main([], compass | end) == 0
    assert feed(sandbox) == [("build", "TIMED_OUT", 2)]


def fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("${{ " + name + " }}", value)
    return text


@pytest.mark.parametrize(("deployed", "state"), [(True, "SUCCESSFUL"), (False, "CANCELLED")])
def test_a_final_step_ends_what_a_stopped_step_began(
    deployed: bool, state: str, compass: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    """examples/bitbucket/final.yml, with the variables as they stand there."""
    steps = yaml.safe_load((ROOT / "examples/bitbucket/final.yml").read_text())
    begun, final = steps["pipelines"]["branches"]["main"]
    host = {
        "BITBUCKET_BUILD_NUMBER": "218",
        "BITBUCKET_REPO_FULL_NAME": "acme/shop",
        "BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(tmp_path),
        "BITBUCKET_STEP_RUN_NUMBER": "1",
    }
    deploy = host | {
        "BITBUCKET_STEP_UUID": "{aaaa}",
        "BITBUCKET_DEPLOYMENT_ENVIRONMENT": "production",
        "BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID": "{eeee}",
    }
    assert main([], compass | deploy | variables(begun["step"], {})) == 0
    assert feed(sandbox) == [("deployment", "IN_PROGRESS", 1)]
    outcome = {"OUTCOME": "success" if deployed else "cancelled"}
    end = host | {"BITBUCKET_STEP_UUID": "{ffff}"}
    assert main([], compass | end | variables(final["final"], outcome)) == 0
    assert feed(sandbox) == [("deployment", state, 2)]


def variables(step: dict[str, Any], exported: dict[str, str]) -> dict[str, str]:
    """What the step maps to the pipe, but for the site and its credentials."""
    [pipe] = [line for line in step["script"] if isinstance(line, dict)]
    given = {
        k: v for k, v in pipe["variables"].items() if k.startswith(("COMPASS_ENV", "COMPASS_STATE"))
    }
    return {name: exported.get(text.removeprefix("$"), text) for name, text in given.items()}


def test_a_deployment_that_is_undone_shows_as_rolled_back(
    compass: dict[str, str], sandbox: Sandbox
) -> None:
    host = {"BITBUCKET_BUILD_NUMBER": "218", "BITBUCKET_REPO_FULL_NAME": "acme/shop"}
    deploy = compass | host | {"COMPASS_ENVIRONMENT": "production", "COMPASS_STATE": "success"}
    assert main([], deploy) == 0
    [row] = sandbox.feed(ARI)["events"]
    undone = compass | {
        "COMPASS_ENVIRONMENT": "production",
        "COMPASS_STATE": "rolled back",
        "COMPASS_PIPELINE_ID": "bitbucket.org/acme/shop/bitbucket-pipelines.yml",
        "COMPASS_SEQUENCE_NUMBER": "218001000",
    }
    other = {"BITBUCKET_BUILD_NUMBER": "219", "BITBUCKET_REPO_FULL_NAME": "acme/shop"}
    assert main([], undone | other) == 0
    assert row["state"] == "SUCCESSFUL"
    assert feed(sandbox) == [("deployment", "ROLLED_BACK", 2)]


def test_a_canary_and_its_promotion_are_one_deployment(
    compass: dict[str, str], sandbox: Sandbox
) -> None:
    """The same ids in two jobs of one run."""
    for job, state in (("canary", "in_progress"), ("promote", "success")):
        env = compass | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ID": "7421",
            "GITHUB_JOB": job,
            "INPUT_CHECK-RUN-ID": str(41 + len(job)),
            "COMPASS_ENVIRONMENT": "production",
            "COMPASS_PIPELINE_ID": "github.com/acme/shop/rollout",
            "COMPASS_SEQUENCE_NUMBER": "96",
            "COMPASS_STATE": state,
        }
        assert main([], env) == 0
    assert feed(sandbox) == [("deployment", "SUCCESSFUL", 2)]
