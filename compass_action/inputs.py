"""What the user asks for: the one list of inputs, and how their values are read. Pure.

Where a value is found is in `given.py`; what the CI system says, and what is derived from it, comes
after, where the values are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from . import given as finding
from . import kinds
from .errors import Problem
from .given import Given
from .schemas import EVENT_TYPES

EVENT_TYPE_WORDS = {"auto": "auto", "pull-request": "pullRequest"} | {
    name.lower(): name for name in EVENT_TYPES
}

GROUPS = {
    "connection": "Connection",
    "component": "Component",
    "event": "Event",
    "pipeline": "Build and deployment",
    "behaviour": "Behaviour",
    "runner": "Filled in by GitHub's runner",
}


class Input(NamedTuple):
    """One row of the list of inputs."""

    name: str
    """As in action.yml and on the command line: `component-id`."""
    kind: str
    """A key of `kinds.READERS`, or `word` for one of `choices`."""
    group: str
    """A key of `GROUPS`."""
    help: str
    """One or two sentences, the same on every surface."""
    default: str = ""
    """The value where nothing is given; empty where the default is derived."""
    choices: Mapping[str, str] = {}
    """For kind `word`: what may be written (in any case) and what it means."""

    @property
    def field(self) -> str:
        """The name in Python: `component_id`."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The name in every environment but GitHub's: `COMPASS_COMPONENT_ID`."""
        return "COMPASS_" + self.field.upper()


def _choices(*names: str) -> dict[str, str]:
    return {name: name for name in names}


# fmt: off
INPUTS = (
    Input("site", "text", "connection", "Your Atlassian site: acme, acme.atlassian.net or its URL."),
    Input("email", "text", "connection", "The e-mail address of the Atlassian account that owns the API token."),
    Input("api-token", "secret", "connection", "An Atlassian API token. Keep it in the CI system's secret store."),
    Input("cloud-id", "text", "connection", "The site's cloud id. Default: the one inside the component's ARI."),
    Input("api-url", "text", "connection", "The API's base URL in place of https://SITE.atlassian.net/gateway/api; https only, http for loopback."),
    Input("component-id", "list", "component", "The component's ARI, or several, one on each line or with commas between them."),
    Input("component-file", "list", "component", "Paths or globs of compass.yml files whose id is used. Default: compass.yml or compass.yaml at the root."),
    Input("event-type", "word", "event", "auto (deployment where an environment is known, else build), build, deployment, incident, flag, alert, lifecycle, custom, push, pull-request or vulnerability.", "auto", EVENT_TYPE_WORDS),
    Input("state", "text", "event", "The outcome or state: success, failure, cancelled, running, an exit code, or Compass's own words for the event type. Default: the job's; with scope run there is none."),
    Input("display-name", "text", "event", "The event's name in the activity feed. Default: the pipeline and the run's number."),
    Input("description", "text", "event", "The event's description, cut at 255 characters. Default: pipeline, commit, ref and actor."),
    Input("url", "url", "event", "Where the event links to. Default: the page of the job or run."),
    Input("started-at", "time", "event", "When it started: a date-time with offset, or seconds since 1970. Default: what is known of the job or run."),
    Input("completed-at", "time", "event", "When it ended. Default: now, for a final state."),
    Input("last-updated", "time", "event", "When the event last changed. Default: now."),
    Input("properties", "mapping", "event", "The event type's own part as YAML or JSON, laid over what was derived."),
    Input("external-event-source-id", "text", "event", "What sends events to the component. Default: the repository's URL."),
    Input("update-sequence-number", "integer", "event", "Orders the updates of one event. Default: milliseconds since 1970."),
    Input("environment", "text", "pipeline", "The environment deployed to. Default: what the CI system says."),
    Input("environment-id", "text", "pipeline", "The environment's id. Default: the CI system's id, else a slug of the environment."),
    Input("environment-category", "word", "pipeline", "production, staging, testing, development or unmapped. Default: environment-map, GitLab's tier, then the environment's name.", "", {c.lower(): c for c in kinds.CATEGORIES}),
    Input("environment-map", "rules", "pipeline", "Rules from environment to category, one glob=CATEGORY on each line; the first match counts."),
    Input("pipeline-id", "text", "pipeline", "The pipeline's id. Default: unique for each build, the same for every deployment of one job."),
    Input("pipeline-name", "text", "pipeline", "The pipeline's name. Default: the workflow's or the repository's."),
    Input("pipeline-url", "url", "pipeline", "The pipeline's page. Default: the page of the run."),
    Input("sequence-number", "integer", "pipeline", "Orders the deployments of one pipeline to one environment. Default: from run, attempt and leg."),
    Input("scope", "word", "pipeline", "What the event stands for: this job, or the whole run.", "job", _choices("job", "run")),
    Input("track", "flag", "behaviour", "Report IN_PROGRESS now and the outcome when the job ends.", "false"),
    Input("on-error", "word", "behaviour", "What a failed delivery does to the job: warn or fail.", "warn", _choices("warn", "fail")),
    Input("timeout", "seconds", "behaviour", "Seconds for everything, waits included.", "120"),
    Input("outbox", "text", "behaviour", "A file for what could not be delivered, for compass-event replay."),
    Input("dry-run", "flag", "behaviour", "Print the exact request, send nothing.", "false"),
    Input("ci", "text", "behaviour", "The CI system's name, where detection is wrong: github, bitbucket, gitlab or unknown."),
    Input("debug", "flag", "behaviour", "Say more. Secrets stay hidden.", "false"),
    Input("job-status", "text", "runner", "The outcome of this job so far; leave it alone."),
    Input("job-index", "integer", "runner", "The leg of a matrix; leave it alone."),
    Input("job-total", "integer", "runner", "The number of legs; leave it alone."),
    Input("check-run-id", "integer", "runner", "The id of this job; leave it alone."),
    Input("workflow-ref", "text", "runner", "The workflow this job stands in; leave it alone."),
)
# fmt: on
BY_NAME = {row.name: row for row in INPUTS}


@dataclass(frozen=True)
class Inputs:
    """What the user asked, read and typed; one field for each row of `INPUTS`, None where not given."""

    site: str | None = None
    email: str | None = None
    api_token: str | None = field(default=None, repr=False)
    cloud_id: str | None = None
    api_url: str | None = None
    component_id: tuple[str, ...] | None = None
    component_file: tuple[str, ...] | None = None
    event_type: str = "auto"
    state: str | None = None
    display_name: str | None = None
    description: str | None = None
    url: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    last_updated: datetime | None = None
    properties: Mapping[str, Any] | None = None
    external_event_source_id: str | None = None
    update_sequence_number: int | None = None
    environment: str | None = None
    environment_id: str | None = None
    environment_category: str | None = None
    environment_map: tuple[tuple[str, str], ...] | None = None
    pipeline_id: str | None = None
    pipeline_name: str | None = None
    pipeline_url: str | None = None
    sequence_number: int | None = None
    scope: str = "job"
    track: bool = False
    on_error: str = "warn"
    timeout: int = 120
    outbox: str | None = None
    dry_run: bool = False
    ci: str | None = None
    debug: bool = False
    job_status: str | None = None
    job_index: int | None = None
    job_total: int | None = None
    check_run_id: int | None = None
    workflow_ref: str | None = None


def parse(
    arguments: Mapping[str, str], env: Mapping[str, str]
) -> tuple[Inputs, dict[str, Given], list[Problem]]:
    """Find and read all inputs; with them what was given where, and every problem.

    An input with a problem is left at its default, so that the steps that follow can look for
    further problems; the caller sends nothing if there is one.
    """
    echoes = finding.read_echoes(env)
    given = {
        row.name: found for row in INPUTS if (found := finding.find(row, arguments, env, echoes))
    }
    values: dict[str, Any] = {}
    problems = []
    for row in INPUTS:
        text = given[row.name].text if row.name in given else row.default
        if not text:
            continue
        try:
            values[row.field] = read(row, text)
        except ValueError as error:
            problems.append(Problem(row.name, str(error)))
    return Inputs(**values), given, problems


def read(row: Input, text: str) -> Any:
    """Read the text of one input by its kind; raises ValueError with what to write instead."""
    if row.kind != "word":
        return kinds.READERS[row.kind](text)
    try:
        return row.choices[text.lower()]
    except KeyError:
        raise ValueError(
            f"{kinds.quoted(text)} is not known. Use one of: {kinds.words(row.choices)}."
        ) from None


def explain_missing_secret(row: Input, env: Mapping[str, str]) -> str:
    """Say why a credential is not there: which variable is empty, or which to set."""
    for variable in (f"INPUT_{row.name.upper()}", f"INPUT_{row.field.upper()}", row.variable):
        text = env.get(variable)
        if text is None:
            continue
        shown = "empty" if not text.strip() else f"still {kinds.quoted(text.strip())}"
        return (
            f"{variable} is {shown}. Its secret is not defined here, is misspelt, or is not handed "
            "to this run: hosts keep secrets from forks, and variables from branches, environments "
            "and pipes they are not mapped to."
        )
    return f"it is not given. Set {row.variable} from the CI system's secret store."
