"""TeamCity. Most of what it knows are parameters, which a build sees where they are mapped: a parameter
`env.TEAMCITY_BUILD_ID` with the value `%teamcity.build.id%`, and so on; those names are ours.

https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
    branch_of,
    commit,
    given,
    named_ref,
    number,
    pull_request,
    pull_request_url,
    repository_url,
    tag_of,
    time,
)
from .run import CiRun
from .system import Naming, System, path

# The forms of a build's page in older and newer versions.
BUILD_PAGE = (
    r"(.+?)/(?:buildConfiguration/([^/?#]+)/|build/|viewLog\.html\?(?:[^#]*&)?buildId=)(\d+).*"
)


def detect(env: Mapping[str, str]) -> bool:
    """Recognise TeamCity."""
    return bool(env.get("TEAMCITY_VERSION"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the build from the environment, and from the address of its page."""
    env = given(snapshot.env)
    page = re.fullmatch(BUILD_PAGE, env.get("BUILD_URL", ""), re.ASCII)
    build = env.get("TEAMCITY_BUILD_ID") or (page[3] if page else None)
    definition = env.get("TEAMCITY_BUILDTYPE_ID") or (page[2] if page else None)
    repository = repository_url(env.get("TEAMCITY_VCSROOT_URL"))
    named = env.get("TEAMCITY_BUILD_BRANCH")
    tag = tag_of(named)
    change = pull_request(env.get("TEAMCITY_PULLREQUEST_NUMBER"))  # the branch is then `pull/17`
    branch = None if tag or change or named == "<default>" else branch_of(named) or named
    started = time(env.get("TEAMCITY_BUILD_STARTED_AT"))
    return CiRun(
        system="teamcity",
        repository_url=repository,
        server=address(page[1] if page else env.get("TEAMCITY_SERVER_URL")),
        workflow=definition
        or path(env.get("TEAMCITY_PROJECT_NAME"), env.get("TEAMCITY_BUILDCONF_NAME")),
        workflow_name=env.get("TEAMCITY_BUILDCONF_NAME"),
        # BUILD_NUMBER is free text: `1.2.7`, a hash. The id rises over the whole server.
        run_id=build,
        run_number=number(build),
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=None if change else commit(env.get("BUILD_VCS_NUMBER")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        actor=env.get("TEAMCITY_BUILD_TRIGGEREDBY_USERNAME"),
        run_url=env.get("BUILD_URL"),
        run_started_at=started,
        job_started_at=started,
    )


def _build(run: CiRun) -> str | None:
    return path("builds", run.run_id)


def _definition(run: CiRun) -> str | None:
    return path("configurations", run.workflow)


SYSTEM = System(
    "teamcity",
    "TeamCity",
    detect,
    parse,
    Naming(
        run=_build,
        job=_build,
        pipeline=_definition,
        pipeline_job=_definition,
        # What is run again is a new build.
        run_number=lambda run: run.run_number,
        job_number=lambda run: run.run_number,
    ),
    surfaces=Surfaces(("INPUT_",)),
    hints={
        "state": "two steps, one that runs only if all before it were successful, and one that "
        "runs always and asks the server",
        "external-event-source-id": "a parameter env.TEAMCITY_VCSROOT_URL with %vcsroot.url%",
        "pipeline-id": "a parameter env.TEAMCITY_BUILD_ID with %teamcity.build.id%",
        "sequence-number": "a parameter env.TEAMCITY_BUILD_ID with %teamcity.build.id%",
        "url": "%teamcity.serverUrl%/build/%teamcity.build.id%",
    },
)
