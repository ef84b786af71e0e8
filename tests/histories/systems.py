"""How each further CI system counts its runs, and what running something again changes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.histories.executions import (
    Execution,
    appveyor,
    argocd,
    azure,
    bitrise,
    buildkite,
    circleci,
    cloudbuild,
    codebuild,
    codefresh,
    drone,
    forge,
    harness,
    jenkins,
    semaphore,
    teamcity,
    tekton,
    travis,
    woodpecker,
)


@dataclass(frozen=True)
class Simulated:
    """How a system counts, and what running something again changes there."""

    env: Callable[[Execution], dict[str, str]]
    again: str = "run"
    """`run`: everything is new; `attempt`: the run stays, and an attempt is counted; `job`: the run
    stays, the job's id is new; `nothing`: every id and number stays."""
    numbered: str = "run"
    """What orders deployments: `run` its number, attempt and leg; `job` the job's id; `moment` the time
    of the first report; `start` and `second` the time that the system tells of the job."""
    legs: bool = False
    """A job may have several legs, and they are told apart."""
    jobs: bool = True
    """A run has several jobs, and they are told apart."""
    counts: str = "project"
    """What the number of a run is counted for: `project`, `branch` or `server`."""
    builds: bool = True


SYSTEMS: Mapping[str, Simulated] = {
    "gitea": Simulated(forge("GITEA_ACTIONS"), "attempt"),
    "forgejo": Simulated(forge("FORGEJO_ACTIONS"), "attempt"),
    "jenkins": Simulated(jenkins, jobs=False, counts="branch"),
    "circleci": Simulated(circleci, "attempt", "job", legs=True),
    "azure": Simulated(azure, "attempt", legs=True, counts="server"),
    "buildkite": Simulated(buildkite, "attempt", legs=True),
    "travis": Simulated(travis, "nothing", "moment", legs=True),
    "appveyor": Simulated(appveyor, "nothing", "moment", legs=True),
    "teamcity": Simulated(teamcity, "job", "job"),
    "drone": Simulated(drone),
    "woodpecker": Simulated(woodpecker, legs=True),
    "harness": Simulated(harness, legs=True),
    "codebuild": Simulated(codebuild, jobs=False),
    "semaphore": Simulated(semaphore, "attempt", "second", legs=True, counts="branch"),
    "bitrise": Simulated(bitrise, "job", "job"),
    "codefresh": Simulated(codefresh, "nothing", "start", jobs=False),
    "cloudbuild": Simulated(cloudbuild, "run", "moment", jobs=False),
    "tekton": Simulated(tekton, "attempt", "moment"),
    "argocd": Simulated(argocd, "run", "moment", jobs=False, builds=False),
}
