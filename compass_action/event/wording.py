"""The words people read in the activity feed, and what they should know about an event. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from compass_action.ci.run import CiRun
from compass_action.errors import Problem
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.table import Inputs
from compass_action.text import one_line, quoted, shorten, timestamp

from .components import UUID
from .environments import Category
from .facts import Facts

UNKNOWN_START = (
    "No start time, so Compass will show no duration. Report the start too, or set started-at."
)
RUN_WAITED = (
    "The run began more than a day ago, so it has waited or was run again: Compass is not told how long "
    "it took. Give completed-at to tell it."
)
FORGE_ONLY = (
    "Atlassian documents pullRequest events as usable by Forge apps only; they do not appear in the "
    "activity feed."
)


def about_category(environment: str, category: Category) -> tuple[str, ...]:
    """Say what is odd about an environment's category."""
    if category.name == "UNMAPPED" and not category.source:
        return (
            f'The environment "{environment}" has no known category and is sent as UNMAPPED. Give '
            "environment-category or environment-map: Compass counts production deployments only.",
        )
    if category.disagreeing:
        return (
            f'The environment "{environment}" is sent as {category.name}, because of '
            f'{category.source}, although it also says "{category.disagreeing}". If that is wrong, '
            "set environment-category or environment-map.",
        )
    return ()


def about_other_deployment(facts: Facts) -> tuple[str, ...]:
    """Say that the trigger's own deployment is not what is reported."""
    told, given = facts.run.other_environment, facts.inputs.environment
    if not told or not given:
        return ()
    return (
        f"{facts.system.title} tells of a deployment to {quoted(told)}, but environment is "
        f"{quoted(given)}: this event has the outcome of this job. Leave environment out to report "
        "that deployment.",
    )


def start_needed(event_type: str, state: str) -> str:
    """Say that a report of something that was opened before needs its start."""
    article = "an" if event_type[0] in "aeiou" else "a"
    return (
        f"it is not given. {article.capitalize()} {event_type} that is {state.lower()} needs the start "
        "of the report that opened it: the started-at of that report, or what the tool says that "
        "raised it."
    )


def start_filled_in(event_type: str, started: datetime) -> str:
    """Say that the start was made up, and what later reports do about it."""
    moment = timestamp(started)
    return (
        f"No start was given, so the {event_type} starts now, {moment}. Give later reports the same "
        "started-at; without it they take the start that Compass shows."
    )


def local_git(run: CiRun) -> str:
    """Say that the checkout on this machine tells where the event belongs."""
    at = f" at {run.commit[:7]}" if run.commit else ""
    on = f" on {run.branch}" if run.branch else ""
    return f"No CI system is known; the local checkout says {run.repository_url}{on}{at}."


def no_id(event_type: str) -> str:
    """Say that an event has no id and no run to take one from."""
    whose = f"the id that the {event_type} has where it comes from, such as 42"
    return f"it is not given. Give {IDS.get(event_type, whose)}."


IDS = {
    "push": "the hash of the commit",
    "pullRequest": "the number of the pull request",
    "lifecycle": "an id of its own, such as shop-2026",
    "custom": "an id of its own, such as migration-12",
}
"""What the id of an event is, where that is no other tool's matter."""

NEEDED = {
    "push": {
        "id": Problem("event-id", no_id("push")),
        "branchName": Problem(
            "ref", "it is not given. Give the branch that was pushed to, such as main."
        ),
    },
    "pullRequest": {
        "id": Problem("event-id", no_id("pullRequest")),
        "repoUrl": Problem(
            "properties", "repoUrl is not given. Write the address of the repository there."
        ),
        "pullRequestUrl": Problem(
            "properties",
            "pullRequestUrl is not given. Write the address of the pull request there.",
        ),
    },
}
"""What an event of the type cannot do without, and how to give it."""


def derived_id(event_type: str) -> str:
    """Say that an event can only be updated with the id it was given here."""
    return (
        f"The {event_type} was given the id of this run. To update it from another run, give it an id "
        "of its own: event-id."
    )


def unused(event_type: str, names: Sequence[str]) -> str:
    """Say which of the given inputs a type of event has no use for."""
    return f"Not used for {EVENT_TYPES[event_type].word} events: {', '.join(names)}."


def shared_source(source: str) -> str:
    """Say what it may do that several components share an event source."""
    return (
        f"Several components share the event source {source}. Compass may show each of these events on "
        "all of them. Leave external-event-source-id out, and each component has its own."
    )


def name(text: str) -> str:
    """Make a display name of any text."""
    return shorten(one_line(text))


def pipeline_name(inputs: Inputs, run: CiRun, default: str) -> str:
    """Name the pipeline for people: as given, as the host has it, or the repository's name."""
    repository = (run.repository_url or "").rpartition("/")[2]
    return one_line(inputs.pipeline_name or run.workflow_name or repository or default)


def pipeline_of_part(inputs: Inputs, run: CiRun, default: str) -> str:
    """Name the pipeline of a build or deployment, with the job where the event is one job's."""
    named = pipeline_name(inputs, run, default)
    if run.job and inputs.scope == "job" and not inputs.pipeline_name:
        named = f"{named} / {one_line(run.job)}"
    return shorten(named)


def display_name(
    facts: Facts, part: Mapping[str, Any], pipeline: str, derived_id: str | None
) -> str:
    """Name the event; `derived_id` is the id it has where the user gave none."""
    run, kind = facts.run, facts.event_type
    if kind == "deployment":
        return f"{_name_in(part, 'environment', kind)}: {pipeline}{run_label(run)}"
    if kind == "build":
        return f"{_name_in(part, 'pipeline', pipeline)}{run_label(run)}"
    if kind == "push":
        return f"Push to {run.branch or 'the repository'}"
    if kind == "custom":
        return f"{pipeline}{run_label(run)}"
    if kind == "lifecycle":
        return f"Lifecycle: {part.get('stage', '')}".replace("_", " ").lower().capitalize()
    if part.get("id") == derived_id:  # too long for a name
        return f"{kind.capitalize()}: {pipeline}{run_label(run)}"
    return f"{kind.capitalize()} {part.get('id', '')}"


def _name_in(part: Mapping[str, Any], field: str, default: str) -> str:
    """Take the display name of a part's pipeline or environment, which properties may have changed."""
    named = part.get(field)
    return str(named.get("displayName") or default) if isinstance(named, Mapping) else default


def run_label(run: CiRun) -> str:
    """Name the run for people: `#7421`, `#7421 (attempt 2)`; empty if it has no number."""
    number = run.run_number if run.run_number is not None else run.run_id
    if number is None or not str(number).isdigit():  # a UUID tells nobody anything
        return ""
    return f" #{number}" + (f" (attempt {run.run_attempt})" if (run.run_attempt or 1) > 1 else "")


def actor(run: CiRun) -> str | None:
    """Name who started the run, for people; Bitbucket's actor is a UUID, which is nobody's name."""
    return None if run.actor and re.fullmatch(UUID, run.actor) else run.actor


def description(run: CiRun, pipeline: str) -> str:
    """Say what ran, at which commit, on which ref, by whom."""
    parts = [pipeline + run_label(run)]
    if run.commit:
        parts.append(f"at {run.commit[:7]}")
    if run.tag:
        parts.append(f"on tag {run.tag}")
    elif run.branch:
        parts.append(f"on {run.branch}")
    if run.pull_request:
        parts.append(f"for pull request {run.pull_request}")
    if actor(run):
        parts.append(f"by {actor(run)}")
    return one_line(" ".join(parts))
