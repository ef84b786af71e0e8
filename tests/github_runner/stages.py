"""One stage of a container action: inputs and environment before it, files and log after it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from . import file_commands
from .execute import Execute, Stage
from .expressions import Contexts, Evaluate, ExpressionError, expand
from .file_commands import FileCommandError, mask_text
from .layout import Layout, build_environment, translate
from .log_commands import LogReader
from .manifest import DEFAULT_CONTEXTS, Manifest
from .steps import Outcome, StepResult, UsesStep

Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class Action:
    """What all stages of an action have in common."""

    manifest: Manifest
    layout: Layout
    execute: Execute
    evaluate: Evaluate


def run_stage(
    action: Action,
    step: UsesStep,
    name: str,
    stage: Stage,
    *,
    env: Mapping[str, str],
    state: Mapping[str, str],
    contexts: Contexts,
    actions: Mapping[str, str],
    masks: Sequence[str],
) -> tuple[StepResult, dict[str, str]]:
    """The result, and what the stage adds to the environment of the steps after it."""
    layout, manifest = action.layout, action.manifest
    github, runner = contexts["github"], contexts["runner"]
    assert isinstance(github, Mapping)
    assert isinstance(runner, Mapping)
    files = layout.create_file_commands()
    layout.hand_over()
    log = LogReader(
        masks,
        debug=runner.get("debug") == "1",
        roots=("/github/workspace", str(layout.workspace)),
    )
    outputs: dict[str, str] = {}
    saved = dict(state)
    exported: dict[str, str] = {}
    outcome: Outcome = "failure"
    try:
        own_env = {key: expand(text, contexts, action.evaluate) for key, text in step.env.items()}
        contexts = {**contexts, "env": {**env, **own_env}}
        inputs = evaluate_inputs(action, step, contexts, log)
        only_inputs: Contexts = {"inputs": inputs}
        args = evaluate_args(action, inputs)
        runs_env = {
            key: expand(text, only_inputs, action.evaluate) for key, text in manifest.env.items()
        }
    except ExpressionError as error:
        log.fail(f"The template is not valid. {error}")
        return _result(step, name, stage, outcome, log, state=saved), exported
    variables = build_environment(
        env={**env, **own_env},
        state=state,
        inputs=inputs,
        runs_env=runs_env,
        home=layout.home,
        github={
            **github,
            **{key: str(path) for key, path in files.items()},
            "action": name,
            "action_repository": step.repository,
            "action_ref": step.ref,
        },
        runner=runner,
        actions=actions,
    )
    done = action.execute(
        stage, entrypoint_of(manifest, stage, inputs), args, variables, layout.mounts
    )
    stdout = done.stdout.decode("utf-8", errors="replace")
    stderr = done.stderr.decode("utf-8", errors="replace")
    log.read(stdout).read(stderr)
    for command in log.commands:  # the two deprecated ones that still work
        if command.name == "set-output" and command.properties.get("name"):
            outputs[command.properties["name"]] = command.data
        if command.name == "save-state" and command.properties.get("name"):
            saved[command.properties["name"]] = command.data
    read_file(log, "path", files["path"], file_commands.parse_path)
    exported |= read_file(log, "env", files["env"], file_commands.parse_env) or {}
    outputs |= read_file(log, "output", files["output"], file_commands.parse_pairs) or {}
    saved |= read_file(log, "state", files["state"], file_commands.parse_pairs) or {}
    summary = read_summary(log, files["step_summary"])
    outcome = "failure" if done.returncode or log.failures else "success"
    result = _result(
        step,
        name,
        stage,
        outcome,
        log,
        exit_code=done.returncode,
        args=tuple(args),
        env={key: translate(value, layout.mounts) for key, value in variables.items()},
        outputs=outputs,
        state=saved,
        summary=summary,
        raw_stdout=stdout,
        raw_stderr=stderr,
    )
    return result, exported


def evaluate_inputs(
    action: Action, step: UsesStep, contexts: Contexts, log: LogReader
) -> dict[str, str]:
    """The user's `with:` and the defaults of the rest, as they are at this moment."""
    inputs = {key: expand(text, contexts, action.evaluate) for key, text in step.inputs.items()}
    given = {key.lower() for key in inputs}
    for key, message in action.manifest.deprecations.items():
        if key.lower() in given:
            log.annotate("warning", f"Input '{key}' has been deprecated with message: {message}")
    declared = {key.lower() for key in action.manifest.defaults} | {"entrypoint", "args"}
    if unexpected := sorted(given - declared):
        log.annotate("warning", f"Unexpected input(s) '{', '.join(unexpected)}'")
    allowed = {key: contexts[key] for key in DEFAULT_CONTEXTS}
    for key, default in action.manifest.defaults.items():
        if key.lower() not in given:
            inputs[key] = expand(default, allowed, action.evaluate)
    return inputs


def evaluate_args(action: Action, inputs: Mapping[str, str]) -> list[str]:
    """The same for every stage: the manifest's, or else the user's `with: args`, split."""
    if action.manifest.args is not None:
        return [expand(arg, {"inputs": inputs}, action.evaluate) for arg in action.manifest.args]
    return shlex.split(_find(inputs, "args"))


def entrypoint_of(manifest: Manifest, stage: Stage, inputs: Mapping[str, str]) -> str | None:
    """None leaves it to the image."""
    if stage == "main":
        return manifest.entrypoint or _find(inputs, "entrypoint") or None
    return manifest.pre if stage == "pre" else manifest.post


def read_file(
    log: LogReader, name: str, file: Path, parse: Callable[[bytes], Parsed]
) -> Parsed | None:
    """What the file says; a file that is gone says nothing, a malformed one fails the step."""
    try:
        return parse(file.read_bytes())
    except FileNotFoundError:
        return None
    except FileCommandError as error:
        log.fail(f"Unable to process file command '{name}' successfully. {error}")
        return None


def read_summary(log: LogReader, file: Path) -> str | None:
    content = file.read_bytes() if file.exists() else b""
    if complaint := file_commands.check_summary(content):
        log.annotate("error", complaint)
        return None
    return mask_text(file_commands.decode_file(content), log.masks) or None


def _find(inputs: Mapping[str, str], name: str) -> str:
    return next((text for key, text in inputs.items() if key.lower() == name), "")


def _result(
    step: UsesStep, name: str, stage: Stage, outcome: Outcome, log: LogReader, **details: object
) -> StepResult:
    forgiven = step.continue_on_error and outcome == "failure"
    return StepResult(
        name=name,
        stage=stage,
        outcome=outcome,
        conclusion="success" if forgiven else outcome,
        commands=tuple(log.commands),
        annotations=tuple(log.annotations),
        masks=tuple(log.masks),
        failures=tuple(log.failures),
        visible_log=log.visible_log,
        **details,  # type: ignore[arg-type]
    )
