"""The one list of inputs: names, types, defaults, help. Pure.

Where a value is found is in `given.py`, how it is read in `values.py`; what the CI system says, and
what is derived from it, comes after, where the values are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from compass_action.event_types import EVENT_TYPES

from .values import (
    CATEGORY,
    COMMIT,
    EVENT_TEXT,
    FLAG,
    LIST,
    MAPPING,
    OWNERS,
    PATHS,
    RULES,
    SECONDS,
    SECRET,
    SLUGS,
    TEXT,
    TIME,
    WEB_ADDRESS,
    WHOLE_NUMBER,
    ValueType,
    one_of,
)

EVENT_TYPE_WORDS = {"auto": "auto"} | {kind.word: name for name, kind in EVENT_TYPES.items()}

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
    type: ValueType
    """How its text is read."""
    group: str
    """A key of `GROUPS`."""
    help: str
    """One or two sentences, the same on every surface."""
    default: str = ""
    """The value where nothing is given; empty where the default is derived."""

    @property
    def field(self) -> str:
        """The name in Python: `component_id`."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The name in every environment but GitHub's: `COMPASS_COMPONENT_ID`."""
        return "COMPASS_" + self.field.upper()

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables it is looked for in, the first one that is set counts.

        GitHub's runner keeps the hyphens: `INPUT_COMPONENT-ID`. Where steps are plugins (Drone,
        Woodpecker, Harness) their settings are `PLUGIN_COMPONENT_ID`.
        """
        return _variables(self.name)


@cache  # each input asks for them several times
def _variables(name: str) -> tuple[str, ...]:
    field = name.replace("-", "_").upper()
    return (f"INPUT_{name.upper()}", f"INPUT_{field}", f"PLUGIN_{field}", f"COMPASS_{field}")


def _choices(*names: str) -> dict[str, str]:
    return {name: name for name in names}


# fmt: off
INPUTS = (
    Input("site", TEXT, "connection", "Your Atlassian site: acme, acme.atlassian.net or its URL."),
    Input("email", TEXT, "connection", "The e-mail address of the Atlassian account that owns the API token."),
    Input("api-token", SECRET, "connection", "An Atlassian API token. Keep it in the CI system's secret store."),
    Input("cloud-id", TEXT, "connection", "The site's cloud id. Default: the one inside the component's ARI."),
    Input("api-url", TEXT, "connection", "The API's base URL in place of https://SITE.atlassian.net/gateway/api; https only, http for loopback."),
    Input("component-id", LIST, "component", "The component's ARI, or several, one on each line or with commas between them; auto asks Compass for the one that links to this repository."),
    Input("component-slug", SLUGS, "component", "The component's slug, or several, for which Compass is asked for the ids."),
    Input("component-file", LIST, "component", "Paths or globs of compass.yml files whose id is used. Default: compass.yml or compass.yaml at the root."),
    Input("component-map", OWNERS, "component", "Components by path, where there is no compass.yml: one path glob = ARI on each line; the first match counts."),
    Input("changed-files", PATHS, "component", "The files that changed, one on each line or as a JSON list: only the components that hold one of them are reported."),
    Input("event-type", one_of(EVENT_TYPE_WORDS), "event", "auto (deployment where an environment is known, else build), build, deployment, incident, flag, alert, lifecycle, custom, push, pull-request or vulnerability.", "auto"),
    Input("state", EVENT_TEXT, "event", "The outcome or state: success, failure, cancelled, running, an exit code, or Compass's own words for the event type. Default: the job's; with scope run there is none."),
    Input("event-id", EVENT_TEXT, "event", "The id of an incident, flag, alert or other event that is no build or deployment. Updates have to carry the same id."),
    Input("severity", EVENT_TEXT, "event", "How bad an incident, alert or vulnerability is: critical, high, P1, SEV2, 3 and the like."),
    Input("display-name", EVENT_TEXT, "event", "The event's name in the activity feed. Default: the pipeline and the run's number."),
    Input("description", EVENT_TEXT, "event", "The event's description, cut at 255 characters. Default: pipeline, commit, ref and actor."),
    Input("url", WEB_ADDRESS, "event", "Where the event links to. Default: the page of the job or run."),
    Input("started-at", TIME, "event", "When it started: a date-time with offset, or seconds since 1970. Default: what is known of the job or run."),
    Input("completed-at", TIME, "event", "When it ended. Default: now, for a final state."),
    Input("last-updated", TIME, "event", "When the event last changed. Default: now."),
    Input("properties", MAPPING, "event", "The event type's own part as YAML or JSON, or @FILE in the workspace; laid over what was derived."),
    Input("external-event-source-id", TEXT, "event", "What sends events to the component. Default: the repository's URL."),
    Input("update-sequence-number", WHOLE_NUMBER, "event", "Orders the updates of one event. Default: milliseconds since 1970."),
    Input("environment", EVENT_TEXT, "pipeline", "The environment deployed to. Default: what the CI system says."),
    Input("environment-id", EVENT_TEXT, "pipeline", "The environment's id. Default: the CI system's id, else a slug of the environment."),
    Input("environment-category", CATEGORY, "pipeline", "production, staging, testing, development or unmapped. Default: environment-map, GitLab's tier, then the environment's name."),
    Input("environment-map", RULES, "pipeline", "Rules from environment to category, one glob=CATEGORY on each line; the first match counts."),
    Input("pipeline-id", EVENT_TEXT, "pipeline", "The pipeline's id. Default: unique for each build, the same for every deployment of one job."),
    Input("pipeline-name", EVENT_TEXT, "pipeline", "The pipeline's name. Default: the workflow's or the repository's."),
    Input("pipeline-url", WEB_ADDRESS, "pipeline", "The pipeline's page. Default: the page of the run."),
    Input("sequence-number", WHOLE_NUMBER, "pipeline", "Orders the deployments of one pipeline to one environment. Default: from run, attempt and leg."),
    Input("scope", one_of(_choices("job", "run")), "pipeline", "What the event stands for: this job, or the whole run.", "job"),
    Input("commit", COMMIT, "pipeline", "The commit, where the CI system does not say it or means another one: 7 to 64 hex digits."),
    Input("ref", EVENT_TEXT, "pipeline", "The branch or tag, likewise: refs/heads/main, refs/tags/v1, or a branch's name."),
    Input("track", FLAG, "behaviour", "Report IN_PROGRESS now and the outcome when the job ends.", "false"),
    Input("on-error", one_of(_choices("warn", "fail", "warn-all")), "behaviour", "What a failed delivery does to the job: warn or fail; with warn-all wrong or missing inputs are a warning too.", "warn"),
    Input("timeout", SECONDS, "behaviour", "Seconds for everything, waits included.", "120"),
    Input("outbox", TEXT, "behaviour", "A file for what could not be delivered, for compass-event replay."),
    Input("record", TEXT, "behaviour", "A file that keeps what was begun, where the CI system has no place for it: one line for each event."),
    Input("dry-run", FLAG, "behaviour", "Print the exact request, send nothing.", "false"),
    Input("verify", FLAG, "behaviour", "Ask Compass after sending whether the event counts; for at most 30 s.", "false"),
    Input("host-token", SECRET, "behaviour", "A token of the CI system, for what the job cannot see: its start on GitHub, the outcome of the whole run. Default: none, and nothing is asked."),
    Input("ci", TEXT, "behaviour", "The CI system's name, where detection is wrong or impossible: jenkins, tekton, argocd, unknown …; docs/ci-systems.md has all."),
    Input("json", FLAG, "behaviour", "Print one JSON object on standard output, and the log on standard error.", "false"),
    Input("debug", FLAG, "behaviour", "Say more. Secrets stay hidden.", "false"),
    Input("job-status", TEXT, "runner", "The outcome of this job so far; leave it alone."),
    Input("job-index", WHOLE_NUMBER, "runner", "The leg of a matrix; leave it alone."),
    Input("job-total", WHOLE_NUMBER, "runner", "The number of legs; leave it alone."),
    Input("check-run-id", WHOLE_NUMBER, "runner", "The id of this job; leave it alone."),
    Input("workflow-ref", TEXT, "runner", "The workflow this job stands in; leave it alone."),
)
# fmt: on
BY_NAME = {row.name: row for row in INPUTS}


class Inputs(NamedTuple):
    """What the user asked, read and typed; one field for each row of `INPUTS`, None where not given."""

    site: str | None = None
    email: str | None = None
    api_token: str | None = None
    """Secret."""
    cloud_id: str | None = None
    api_url: str | None = None
    component_id: tuple[str, ...] | None = None
    component_slug: tuple[str, ...] | None = None
    component_file: tuple[str, ...] | None = None
    component_map: tuple[tuple[str, str], ...] | None = None
    changed_files: tuple[str, ...] | None = None
    """Empty where it was said that nothing changed."""
    event_type: str = "auto"
    state: str | None = None
    event_id: str | None = None
    severity: str | None = None
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
    commit: str | None = None
    ref: str | None = None
    track: bool = False
    on_error: str = "warn"
    timeout: int = 120
    outbox: str | None = None
    record: str | None = None
    dry_run: bool = False
    verify: bool = False
    host_token: str | None = None
    """Secret."""
    ci: str | None = None
    json: bool = False
    debug: bool = False
    job_status: str | None = None
    job_index: int | None = None
    job_total: int | None = None
    check_run_id: int | None = None
    workflow_ref: str | None = None

    def __repr__(self) -> str:
        """Show what was asked, but for the secrets."""
        secret = {row.field for row in INPUTS if row.type.is_secret}
        shown = {k: "***" if v and k in secret else v for k, v in self._asdict().items()}
        return f"Inputs({', '.join(f'{name}={value!r}' for name, value in shown.items() if value)})"
