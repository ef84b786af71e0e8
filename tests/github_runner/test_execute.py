"""The simulated GitHub runner: a stage as a process, and as a container."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.github_runner import Execute, Job, JobResult, as_container, as_process, uses

FIXTURE = Path(__file__).parent / "fixture"


def run_fixture(tmp_path: Path, execute: Execute) -> JobResult:
    job = Job(FIXTURE, workspace=tmp_path / "shop", temp=tmp_path / "_temp", execute=execute)
    return job.run([uses()])


def test_a_process_runs_in_the_workspace_with_the_runners_paths(tmp_path: Path) -> None:
    command = [sys.executable, "-I", str(FIXTURE / "entrypoint.py")]
    result = run_fixture(tmp_path, as_process({None: command, "/after": [*command, "post"]}))
    seen = json.loads(result.stage("main").outputs["seen"])
    assert seen["folder"] == seen["env"]["GITHUB_WORKSPACE"]
    assert Path(seen["env"]["GITHUB_EVENT_PATH"]).is_file()
    assert result.stage("main").annotations[0].title == "Fixture"
    assert result.stage("main").summary == "# Seen\n"
    assert result.stage("main").visible_log == "##[notice]ran\non stderr\n"
    after = json.loads(result.stage("post").outputs["seen"])
    assert (after["args"][0], after["env"]["STATE_started"]) == ("post", "yes")


def test_a_container_runs_with_the_runners_mounts_and_its_own_paths(tmp_path: Path) -> None:
    """The engine here prints its arguments, a null character after each."""
    engine = [sys.executable, "-c", r"import sys; print(*sys.argv[1:], sep='\0')"]
    result = run_fixture(tmp_path, as_container("shop:1", engine=engine, options=()))
    words = result.stage("post").raw_stdout.rstrip("\n").split("\0")
    assert words[:4] == ["run", "--rm", "--workdir", "/github/workspace"]
    assert {word.rpartition(":")[2] for word in words if ":/github/" in word} == {
        *("/github/workspace", "/github/workflow", "/github/home", "/github/runner_temp"),
        "/github/file_commands",
    }
    assert "HOME=/github/home" in words
    assert "INPUT_STATE=success" in words
    assert words[words.index("--entrypoint") + 1] == "/after"
    assert words[-3:] == ["shop:1", "--component-id", ""]
    assert "--entrypoint" not in result.stage("main").raw_stdout
