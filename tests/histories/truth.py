"""What exists in the world of a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Host:
    """An installation of a CI system."""

    system: str
    url: str
    check_runs: bool = False
    """GitHub: it tells a job its check run."""
    workflow_refs: bool = False
    """GitHub: it tells a job the workflow that it stands in, which may be a called one."""


@dataclass(frozen=True)
class Job:
    """A job of a pipeline's definition."""

    name: str
    legs: int = 1
    """Legs of a matrix, or parallel steps."""
    calls: int = 0
    """How often a run calls the workflow this job stands in; 0 for a job of the pipeline itself."""
    environments: tuple[str, ...] = ()
    """Where it deploys to, one leg after the other; empty: it builds."""
    tracked: bool = False
    """It reports its start as well."""
    calls_of_us: tuple[tuple[str, ...], ...] = ()
    """In a monorepo: the components that each of its steps reports for; empty: one step, for all."""

    def environment(self, leg: int) -> str | None:
        """Where one leg deploys to."""
        return self.environments[leg % len(self.environments)] if self.environments else None


@dataclass(frozen=True)
class Pipeline:
    """A pipeline's definition: a workflow's file, or the one file of the repository."""

    file: str
    name: str
    scope: str
    """`job`: every job reports itself. `run`: the first and the last one report the run. `stage`: the
    steps of a Bitbucket stage, which deploys to one environment, report that one deployment."""
    jobs: tuple[Job, ...]
    environment: str | None = None
    """In scope `run`: where the whole run deploys to."""


@dataclass(frozen=True)
class Repository:
    """A repository on a host."""

    host: Host
    path: str
    components: tuple[str, ...]
    """The ARIs its pipelines report to."""
    pipelines: tuple[Pipeline, ...]

    @property
    def url(self) -> str:
        """The page of the repository, which is its event source."""
        return f"{self.host.url}/{self.path}"

    def source(self, component: str) -> str:
        """The event source of one component."""
        return f"{self.url}#{component.rpartition('/')[2]}"


@dataclass(frozen=True)
class Thing:
    """One build or deployment of the real world."""

    serial: int
    """What tells it from every other one; no host knows it."""
    kind: str
    """`build` or `deployment`."""
    repository: Repository
    environment: str | None
    place: tuple[int, ...]
    """Its place among those of the same pipeline and environment, as the host counts."""
    reruns: int | None = None
    """The serial of the thing that was run again."""


@dataclass(frozen=True)
class Report:
    """One start of our program by a pipeline."""

    thing: Thing
    at: datetime
    """What the machine's clock shows."""
    state: str
    """The state, in Compass's word."""
    env: Mapping[str, str] = field(repr=False)
    components: tuple[str, ...] = ()
    """Those that it reports for."""
    arguments: tuple[str, ...] = ()
    """The command line."""
    stage: int = 0
    """Of a thing that is reported more than once: the first report is 0."""
    begun: datetime | None = None
    """The start of the thing, where the program can know it."""
    pocket: str = ""
    """Reports with the same pocket find what an earlier one of them left: the state of a GitHub step,
    Bitbucket's shared storage, GitLab's dotenv variables."""
