"""One job on a GitHub Actions runner, as far as a Docker container action can tell.

    program = as_process({None: [python, "entrypoint.py"], "/after": [python, "after.py"]})
    job = Job(action_dir, workspace=…, temp=…, execute=program)
    result = job.run([uses({"track": "true"}), step("failure")])
    result.stage("post").env["INPUT_STATE"] == "failure"

Sources: actions/runner, src/Runner.Worker/{StepsRunner,ActionRunner,ExecutionContext}.cs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .contexts import build_contexts
from .execute import Execute, Stage
from .expressions import Contexts, Evaluate, evaluate, is_met
from .layout import EXPORTED, Layout
from .manifest import load_manifest
from .stages import Action, run_stage
from .steps import JobResult, Outcome, OwnStep, StepResult, UsesStep

# A job's status only ever gets worse.
_SEVERITY = {"success": 0, "skipped": 0, "failure": 1, "cancelled": 2}


@dataclass
class Job:
    """A job that has not run yet; it runs once. Contexts given here are laid over contexts.json."""

    action_dir: Path
    workspace: Path
    temp: Path
    """An empty folder for the runner's own files."""
    execute: Execute
    github: Mapping[str, object] = field(default_factory=dict)
    job: Mapping[str, object] = field(default_factory=dict)
    """`check_run_id`, `workflow_ref`; None takes one away, as on a server that lacks it."""
    strategy: Mapping[str, object] = field(default_factory=dict)
    matrix: Mapping[str, object] | None = None
    runner: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    """The `env:` of the workflow and the job."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """For `${{ secrets.… }}` in a step's inputs; masked from the start."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Further contexts for the users' expressions: `needs`, `vars`, `inputs`."""
    evaluate: Evaluate = evaluate
    owner: int | None = None
    """The user id that owns the folders, 1001 on a hosted runner; only root can give them away."""

    def run(self, steps: Sequence[UsesStep | OwnStep]) -> JobResult:
        running = _Running(self)
        named = [
            _Step(step, step.name or _default_name(steps, at)) for at, step in enumerate(steps)
        ]
        if running.manifest.pre:
            for one in named:
                if isinstance(one.step, UsesStep) and one.step.repository:
                    running.run_action(one, "pre", running.manifest.pre_if)
        for one in named:
            if isinstance(one.step, UsesStep):
                running.run_action(one, "main", one.step.condition)
            else:
                running.run_own(one.step, one.name)
        while running.posts:  # last registered, first run
            running.run_action(running.posts.pop(), "post", running.manifest.post_if)
        return JobResult(running.status, tuple(running.results))


@dataclass
class _Step:
    """A step of this job; its state is its own and lives as long as the job."""

    step: UsesStep | OwnStep
    name: str
    state: dict[str, str] = field(default_factory=dict)
    post_registered: bool = False


class _Running:
    """A job under way."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.manifest = load_manifest(job.action_dir)
        self.layout = Layout(job.workspace.resolve(), job.temp.resolve(), job.owner)
        self.layout.create()
        self.status: Outcome = "success"
        self.results: list[StepResult] = []
        self.posts: list[_Step] = []
        self.env = dict(job.env)
        self.masks = [secret for secret in job.secrets.values() if secret]
        self.steps: dict[str, object] = {}
        self.fixed, self.actions = build_contexts(
            self.layout,
            github=job.github,
            job=job.job,
            strategy=job.strategy,
            matrix=job.matrix,
            runner=job.runner,
        )
        github = self.fixed["github"]
        self.masks += [str(github["token"]), self.actions["ACTIONS_RUNTIME_TOKEN"]]
        for name in EXPORTED & set(github):
            if not isinstance(github[name], str | bool | None):
                raise TypeError(f"github.{name} is {github[name]!r}; the runner has a string there")
        event = json.dumps(github["event"], indent=2, ensure_ascii=False)
        (self.layout.workflow / "event.json").write_text(event, encoding="utf-8")

    def contexts(self, env: Mapping[str, str]) -> dict[str, object]:
        """As they are at this moment, for the user's own expressions."""
        return {
            **self.job.extra,
            **self.fixed,
            "job": {**self.fixed["job"], "status": self.status},
            "env": env,
            "steps": self.steps,
            "secrets": {"GITHUB_TOKEN": self.fixed["github"]["token"], **self.job.secrets},
        }

    def run_action(self, one: _Step, stage: Stage, condition: str) -> None:
        step = one.step
        assert isinstance(step, UsesStep)
        contexts = self.contexts({**self.env, **step.env})
        if not is_met(condition, contexts, self.job.evaluate):
            self.record(StepResult(one.name, stage, "skipped", "skipped"), of=one.name)
            return
        if self.manifest.post and stage != "post" and not one.post_registered:
            one.post_registered = True
            self.posts.append(one)
        action = Action(self.manifest, self.layout, self.job.execute, self.job.evaluate)
        result, env = run_stage(
            action,
            step,
            one.name,
            stage,
            env=self.env,
            state=one.state,
            contexts=contexts,
            actions=self.actions,
            masks=self.masks,
        )
        one.state.update(result.state)
        self.env |= env
        self.masks = list(result.masks)
        self.record(result, of=one.name)

    def run_own(self, step: OwnStep, name: str) -> None:
        contexts: Contexts = self.contexts(self.env)
        outcome: Outcome = "skipped"
        if is_met(step.condition, contexts, self.job.evaluate):
            outcome = step.outcome() if callable(step.outcome) else step.outcome
        forgiven = step.continue_on_error and outcome == "failure"
        self.record(StepResult(name, "main", outcome, "success" if forgiven else outcome), of=name)

    def record(self, result: StepResult, of: str) -> None:
        self.results.append(result)
        if result.stage == "main":  # nobody can read what a step writes after the job's steps
            self.steps[of] = {
                "outcome": result.outcome,
                "conclusion": result.conclusion,
                "outputs": dict(result.outputs),
            }
        if _SEVERITY[result.conclusion] > _SEVERITY[self.status]:
            self.status = result.conclusion


def _default_name(steps: Sequence[UsesStep | OwnStep], at: int) -> str:
    """As GITHUB_ACTION names a step without an id: `__acme_compass-event`, `…_2`, `__run`, …"""
    step = steps[at]
    if isinstance(step, OwnStep):
        base, peers = "__run", [other for other in steps[:at] if isinstance(other, OwnStep)]
        return f"{base}_{len(peers) + 1}" if peers else base
    base = f"__{step.repository.replace('/', '_') or 'self'}"
    before = [
        other
        for other in steps[:at]
        if isinstance(other, UsesStep) and other.repository == step.repository and not other.name
    ]
    return f"{base}_{len(before) + 1}" if before else base
