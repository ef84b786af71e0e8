"""Google Cloud Build's steps and AWS CodeBuild's phases, their scripts run in order."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.surfaces.agent import ORGANISATION, SURFACES, Agent

OUTCOMES = pytest.mark.parametrize(
    ("work", "state", "code"), [("true", "SUCCESSFUL", 0), ("exit 3", "FAILED", 3)]
)
SUBSTITUTIONS = {
    "PROJECT_ID": "acme-ci",
    "LOCATION": "europe-west1",
    "TRIGGER_NAME": "deploy",
    "BUILD_ID": "6f1c2a7e",
    "REPO_FULL_NAME": "acme/shop",
}


@OUTCOMES
def test_cloud_build_reports_and_ends_as_the_work_did(
    work: str, state: str, code: int, agent: Agent
) -> None:
    build = yaml.safe_load((SURFACES / "cloud-build" / "cloudbuild.yaml").read_text())
    env = {**ORGANISATION, "COMPASS_SEQUENCE_NUMBER": ""}
    for one in build["options"]["env"]:
        name, _, text = one.partition("=")
        env[name] = re.sub(r"\$([A-Z_]+)", lambda found: SUBSTITUTIONS[found[1]], text)
    agent.program("deploy", work)
    (agent.workspace / "deploy.sh").symlink_to(agent.bin / "deploy")
    codes = []
    for step in build["steps"]:
        script = step["script"].replace("/workspace/", f"{agent.workspace}/")
        codes.append(agent.run(script, env, ("sh",)))
        if codes[-1] != 0 and not step.get("allowFailure"):
            break
    assert codes == [0, 0, 0, code]
    assert agent.states() == ["IN_PROGRESS", state]
    assert agent.shown() == [state]
    [event] = agent.sandbox.feed()["events"]
    deployment = event["event"]["deploymentProperties"]
    assert deployment["pipeline"]["pipelineId"] == (
        "console.cloud.google.com/cloud-build/acme-ci/europe-west1/deploy"
    )
    assert deployment["sequenceNumber"] % 1000 == 0
    assert event["event"]["externalEventSourceId"] == (
        "https://github.com/acme/shop#c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
    )


@OUTCOMES
def test_codebuild_reports_what_the_build_has_come_to(
    work: str, state: str, code: int, agent: Agent
) -> None:
    """1 is good. The stand-in for Docker runs the program with the variables that were named."""
    spec = yaml.safe_load((SURFACES / "codebuild" / "buildspec.yml").read_text())
    env = {str(k): str(v) for k, v in spec["env"]["variables"].items()}
    env |= {
        "CODEBUILD_BUILD_ARN": "arn:aws:codebuild:eu-west-1:1:build/shop:6f1c",
        "AWS_SECRET": "x",
    }
    agent.program("docker", 'printf "%s\\n" "$*" >> docker.log; exec compass-event')
    agent.program("deploy", work)
    (agent.workspace / "deploy.sh").symlink_to(agent.bin / "deploy")
    succeeding = "1"
    for phase in ("pre_build", "build", "post_build"):
        for command in spec["phases"][phase]["commands"]:
            ended = agent.run(command, env | {"CODEBUILD_BUILD_SUCCEEDING": succeeding}, ("sh",))
            assert ended == (code if phase == "build" else 0)
            succeeding = succeeding if ended == 0 else "0"
    assert agent.states() == ["IN_PROGRESS", state]
    assert agent.shown() == [state]
    called = (agent.workspace / "docker.log").read_text()
    assert "-e COMPASS_API_TOKEN" in called
    assert "-e CODEBUILD_BUILD_ARN" in called
    assert "AWS_SECRET" not in called
    assert "made-up-token" not in called
