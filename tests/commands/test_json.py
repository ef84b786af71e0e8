"""`--json`: one object on standard output, everything else on standard error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from compass_action.sandbox import running_sandbox
from tests.commands.program import ARI, ROOT, call, job, shell

SCHEMA = json.loads((ROOT / "docs" / "output.schema.json").read_text())
OTHER = ARI[:-1] + "5"


def read(text: str) -> dict[str, Any]:
    """The one object, which has to satisfy the schema."""
    [line] = text.splitlines()
    record: dict[str, Any] = json.loads(line)
    Draft202012Validator(SCHEMA).validate(record)
    return record


def test_the_schema_is_a_schema_and_closed() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert not Draft202012Validator(SCHEMA).is_valid({"version": 1})


def test_an_accepted_event_has_a_receipt_for_each_component(tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        env = job(tmp_path, sandbox.url, COMPASS_COMPONENT_ID=f"{ARI},{OTHER}")
        done = call(["--json"], env, tmp_path)
        found = read(done.stdout)
        assert (done.returncode, found["exit-code"], found["outcome"]) == (0, 0, "accepted")
        assert found["receipts"] == [
            {"component-id": ari, "event-type": "build", "outcome": "accepted",
             "http-status": 202, "send-attempts": 1}
            for ari in (ARI, OTHER)
        ]  # fmt: skip
        assert found["outputs"]["component-ids"] == f"{ARI},{OTHER}"
        assert "accepted" in done.stderr


def test_a_refusal_says_what_the_server_said(tmp_path: Path) -> None:
    fault = {"status": 403, "body": '{"errors": [{"type": "PERMISSION_DENIED", "message": "no"}]}'}
    with running_sandbox(faults=[fault]) as sandbox:
        done = call(["--json"], job(tmp_path, sandbox.url), tmp_path)
        found = read(done.stdout)
        [receipt] = found["receipts"]
        assert receipt["failure"] == "Compass denied permission"
        assert receipt["http-status"] == 403
        assert [problem["headline"] for problem in found["problems"]] == [
            "Compass denied permission"
        ]


@pytest.mark.parametrize("argv", [["--json"], ["check", "--offline", "--json"]])
def test_wrong_inputs_are_problems_one_by_one(argv: list[str], tmp_path: Path) -> None:
    env = job(tmp_path, COMPASS_TIMEOUT="soon", COMPASS_COMPONENT_ID="x")
    done = call(argv, env, tmp_path)
    found = read(done.stdout)
    assert (done.returncode, found["exit-code"], found["outcome"]) == (2, 2, "failed")
    assert sorted(problem["where"] for problem in found["problems"]) == ["component-id", "timeout"]


@pytest.mark.parametrize("asked", [["--json"], ["--json=true"], ["--json", "on"]])
def test_a_command_line_that_cannot_be_read_is_a_problem_too(
    asked: list[str], tmp_path: Path
) -> None:
    done = call([*asked, "--api-tokn", "t0ken"], job(tmp_path), tmp_path)
    [problem] = read(done.stdout)["problems"]
    assert problem["what"].startswith('"--api-tokn" is not an option. Did you mean --api-token?')
    assert "t0ken" not in done.stdout.replace("--api-tokn", "") + done.stderr


def test_check_lists_every_value_with_its_source(tmp_path: Path) -> None:
    """And the request as it would be sent."""
    env = job(tmp_path, CI_PIPELINE_URL="https://gitlab.com/acme/search/-/pipelines/1590442210")
    found = read(
        call(["check", "--offline", "--json", "--environment", "eu-prod"], env, tmp_path).stdout
    )
    sources = {row["name"]: row["source"] for row in found["values"]}
    assert sources["pipeline.pipelineId"] == "CI_PROJECT_URL, CI_JOB_NAME"
    assert sources["sequenceNumber"] == "CI_JOB_ID"
    assert sources["environment.displayName"] == "--environment"
    assert sources["environment.category"] == 'the word "prod" in the name'
    assert sources["state"] == "CI_JOB_STATUS"
    assert sources["componentId"] == "COMPASS_COMPONENT_ID"
    assert sources["updateSequenceNumber"] == "the clock"
    [request] = found["requests"]
    assert request["event"]["deployment"]["deploymentProperties"]["state"] == "SUCCESSFUL"
    assert found["outcome"] == "dry-run"


def test_replay_has_a_receipt_for_each_request(tmp_path: Path) -> None:
    env = job(tmp_path, "http://127.0.0.1:1", COMPASS_TIMEOUT="1", COMPASS_OUTBOX="o.jsonl")
    with running_sandbox() as sandbox:
        env["COMPASS_API_URL"] = sandbox.url
        sandbox.add_faults([{"status": 503}] * 9)
        first = read(call(["--json"], env, tmp_path).stdout)
        assert first["outcome"] == "spooled"
        sandbox.clear()
    with running_sandbox(int(sandbox.url.rpartition(":")[2])) as sandbox:
        found = read(call(["replay", "--json", "o.jsonl"], env, tmp_path).stdout)
        assert [receipt["outcome"] for receipt in found["receipts"]] == ["accepted"]
        assert found["outcome"] == "accepted"


def test_run_prints_no_object_for_its_output_is_the_command_s(tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        done = call(["run", "--json", "--", "echo", "mine"], job(tmp_path, sandbox.url), tmp_path)
        assert done.stdout == "mine\n"


def test_outside_ci_errors_go_to_standard_error(tmp_path: Path) -> None:
    """In CI they stay in the log's one stream, in order."""
    done = call(["--state", "success"], shell(), tmp_path)
    assert done.returncode == 2
    assert "pipeline-id" in done.stderr
    assert "pipeline-id" not in done.stdout
    done = call([], job(tmp_path, COMPASS_COMPONENT_ID="x"), tmp_path)
    assert "component-id" in done.stdout
    assert done.stderr == ""
