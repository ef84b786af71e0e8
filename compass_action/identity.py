"""Identity: the ids and numbers that make an event that event. Pure; the heart of the product.

An id names the thing and nothing else: readable, like a path, with the server's host in front, so
that two installations never meet. What Compass does with them (Atlassian's guide "Send events using
REST API"): a build is its `pipelineId`; a deployment is `pipelineId`, `environmentId` and
`sequenceNumber` together; equal identity overwrites; an `updateSequenceNumber` that does not rise is
ignored without a word.

So: two builds never share a `pipelineId`, two deployments never share the three; all updates of one
event, from whichever stage of the job, have the same identity; a re-run is a new event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from .ci.reading import number
from .environments import slug
from .errors import InputError, Problem

if TYPE_CHECKING:
    from .ci.run import CiRun
    from .inputs import Inputs

# A run's, an attempt's and a leg's place in a sequence number, in decimal so that people can read
# it: run 7421, attempt 2, leg 3 is 7421002003. GitHub allows 256 legs; Compass's number is an int64
# that passes through JSON, so it has to stay below 2^53: nine thousand million runs.
ATTEMPTS = LEGS = 1_000
SEQUENCE_MAX = 2**53 - 1
EPOCH = datetime.fromtimestamp(0, UTC)


class Scheme(NamedTuple):
    """How one CI system names things: paths below the repository, filled from `CiRun`."""

    run: str
    """One execution of the whole pipeline."""
    job: str
    """One execution of one job, below `run`."""
    definition: str
    """The pipeline's definition, the same for every run."""
    definition_job: str
    """One job of it, below `definition`; empty where the host does not name jobs."""
    run_sequence: tuple[str, str]
    """The fields of `CiRun` that order the runs: a number, and the attempt it is packed with (or
    nothing, where the number alone rises with every attempt)."""
    job_sequence: tuple[str, str]
    """The same for jobs; the leg is packed in where there is an attempt."""


SCHEMES: Mapping[str, Scheme] = {
    "github": Scheme(
        run="runs/{run_id}/attempts/{run_attempt}",
        job="jobs/{job}",
        definition="{workflow}",
        definition_job="jobs/{job}",
        run_sequence=("run_number", "run_attempt"),
        job_sequence=("run_number", "run_attempt"),
    ),
    # A step that is run again keeps the build's number. One environment can be deployed to once in
    # a pipeline, so the step, for which there is no lasting name, need not be part of the deployment.
    "bitbucket": Scheme(
        run="builds/{run_id}",
        job="steps/{job_id}/runs/{job_attempt}",
        definition="{workflow}",
        definition_job="",
        run_sequence=("run_number", ""),
        job_sequence=("run_number", "job_attempt"),
    ),
    # A retried job is a new job with a higher id; its pipeline stays the same pipeline.
    "gitlab": Scheme(
        run="pipelines/{run_id}",
        job="jobs/{job_id}",
        definition="{workflow}",
        definition_job="jobs/{job}",
        run_sequence=("run_id", ""),
        job_sequence=("job_id", ""),
    ),
}


class DeploymentIdentity(NamedTuple):
    """The three values that together identify a deployment."""

    pipeline_id: str
    environment_id: str
    sequence_number: int


def source_id(inputs: Inputs, run: CiRun) -> str:
    """Name what sends events: the repository, never a branch, version or run (Compass caps the
    number of event sources of a component). Raises InputError if it is not known.
    """
    found = inputs.external_event_source_id or run.repository_url
    if not found:
        raise _unknown("external-event-source-id", run, "the URL of the repository")
    return found


def event_path(inputs: Inputs, run: CiRun) -> str | None:
    """Name this execution, `github.com/acme/shop/runs/7421/attempts/2/jobs/test/3`; None if the CI
    system is not known. It is the default id of every event that a job sends once.
    """
    scheme = SCHEMES.get(run.system)
    if not scheme:
        return None
    if inputs.scope == "run":
        return _path(run, scheme.run)
    path = _path(run, scheme.run, scheme.job)
    if path is None:
        return None
    # The legs of a GitHub matrix share their job's key; so do the jobs of a workflow that is called
    # twice in one run, which only the id of the check run tells apart. Elsewhere the job's id does.
    if _is_called(run):
        return f"{path}/{run.job_id}" if run.job_id else None
    return f"{path}/{run.leg}" if run.system == "github" and run.leg is not None else path


def build_pipeline_id(inputs: Inputs, run: CiRun) -> str:
    """Name one build. Raises InputError if it cannot be told from other builds."""
    found = inputs.pipeline_id or event_path(inputs, run)
    if not found:
        raise _unknown("pipeline-id", run, "an id that is another one for every build")
    return found


def deployment(inputs: Inputs, run: CiRun) -> DeploymentIdentity:
    """Name one deployment. Raises InputError with all that is missing."""
    scheme = SCHEMES.get(run.system)
    problems: list[Problem] = []
    pipeline_id = inputs.pipeline_id
    if not pipeline_id and scheme:
        pipeline_id = _path(run, scheme.definition, *_definition_parts(inputs, run, scheme))
    if not pipeline_id:
        problems += _unknown(
            "pipeline-id", run, "an id of the pipeline, the same for all its deployments"
        ).problems
    sequence = inputs.sequence_number
    if sequence is None and scheme:
        try:
            sequence = _sequence_number(inputs, run, scheme)
        except ValueError as error:
            problems.append(Problem("sequence-number", str(error)))
    if sequence is None and not any(p.where == "sequence-number" for p in problems):
        problems += _unknown(
            "sequence-number",
            run,
            "a number that is higher for each deployment, such as the build's",
        ).problems
    environment = environment_id(inputs, run)
    if not environment:
        problems.append(
            Problem(
                "environment", "it is not given. A deployment needs the name of an environment."
            )
        )
    if problems or not pipeline_id or not environment or sequence is None:
        raise InputError(problems)
    return DeploymentIdentity(pipeline_id, environment, sequence)


def environment_id(inputs: Inputs, run: CiRun) -> str | None:
    """Name the environment: as given, by the host's own id if it is the host's, else by a slug."""
    name = inputs.environment or run.environment
    if inputs.environment_id or not name:
        return inputs.environment_id
    own = run.environment_id if name == run.environment else None
    return own or slug(name)


def update_sequence_number(now: datetime, given: int | None, earlier: int | None) -> int:
    """Number an update: as given, else milliseconds since 1970; always above the one before it."""
    # In whole numbers: through a float, some moments come out a millisecond too low.
    number = (now - EPOCH) // timedelta(milliseconds=1) if given is None else given
    return number if earlier is None else max(number, earlier + 1)


def _is_called(run: CiRun) -> bool:
    """Tell a job whose key may occur more than once in the run."""
    return run.system == "github" and run.called


def _definition_parts(inputs: Inputs, run: CiRun, scheme: Scheme) -> tuple[str, ...]:
    """What names the job below the pipeline's definition; nothing where the run is meant."""
    if inputs.scope == "run" or not scheme.definition_job:
        return ()
    if not _is_called(run):
        return (scheme.definition_job,)
    # The file that is called, without the ref it is called at. It keeps these jobs apart from the
    # caller's own of the same key, whose sequence numbers are made otherwise.
    called = quote((inputs.workflow_ref or "").partition("@")[0], safe="/+:~")
    return (f"calls/{called}", scheme.definition_job)


def _sequence_number(inputs: Inputs, run: CiRun, scheme: Scheme) -> int | None:
    """Pack run, attempt and leg; None if the host does not say, ValueError if they do not fit."""
    run_wide = inputs.scope == "run"
    field, attempt_field = scheme.run_sequence if run_wide else scheme.job_sequence
    if _is_called(run) and not run_wide:
        # The check run's id rises with time, and is another one for each call and attempt.
        field, attempt_field = "job_id", ""
    value = getattr(run, field)
    found = number(None if value is None else str(value))
    if found is None:
        return None
    if field == "run_number":
        attempt = (getattr(run, attempt_field) or 1) if attempt_field else 0
        leg = 0 if run_wide else run.leg or 0
        if attempt >= ATTEMPTS or leg >= LEGS:
            raise ValueError(
                f"attempt {attempt} or leg {leg} is above {ATTEMPTS - 1}, more than a derived number "
                "has room for. Give sequence-number, higher for each deployment."
            )
        found = (found * ATTEMPTS + attempt) * LEGS + leg
    if found > SEQUENCE_MAX:
        raise ValueError(f"{found} exceeds 2^53. Give sequence-number, higher for each deployment.")
    return found


def _path(run: CiRun, *templates: str) -> str | None:
    """Fill the templates below the repository; None if the host does not say enough."""
    if not run.repository_url:
        return None
    parts = [run.repository_url.partition("://")[2]]
    for template in templates:
        values = {name: getattr(run, name) for name in _FIELDS if "{" + name + "}" in template}
        if None in values.values():
            return None
        # A slash stays one only in the definition's path; a job named `a/b` is one segment.
        parts.append(
            template.format(
                **{
                    name: quote(str(value), safe="/@+:~" if name == "workflow" else "@+:~")
                    for name, value in values.items()
                }
            )
        )
    return "/".join(parts)


_FIELDS = ("run_id", "run_attempt", "workflow", "job", "job_id", "job_attempt")


def _unknown(name: str, run: CiRun, wanted: str) -> InputError:
    who = "no CI system was recognised" if run.system == "unknown" else f"{run.system} does not say"
    return InputError([Problem(name, f"it is not given, and {who}. Give {wanted}.")])
