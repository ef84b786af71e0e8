"""What a CI system says about the run that is under way."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class CiRun(NamedTuple):
    """One run (or job) of a pipeline, in the words of the glossary. What the host does not say is None."""

    system: str
    """The CI system's name, a key of `ci.SYSTEMS`."""

    repository_url: str | None = None
    """`https://github.com/acme/shop`: no credentials, no `.git`, no trailing slash."""
    server: str | None = None
    """Where the host's own ids stand, so that two installations never meet, without a scheme:
    `jenkins.acme.example/job/shop`; None where that is the repository's address."""

    workflow: str | None = None
    """The pipeline's definition: its file in the repository (`.github/workflows/deploy.yml`), else the
    host's own name or id of it, the same for every run."""
    workflow_name: str | None = None
    """The pipeline's name for people."""
    run_id: str | None = None
    """What tells this run from every other run of the repository."""
    run_number: int | None = None
    """A number that rises from run to run."""
    run_attempt: int | None = None
    """1, and one more for each re-run, where the host counts them for the whole run."""
    job: str | None = None
    """The job's name or key in the definition."""
    job_id: str | None = None
    """What tells this execution of the job from every other one."""
    job_attempt: int | None = None
    """1, and one more for each re-run of this job alone."""
    leg: int | None = None
    """The leg of a matrix or of parallel steps, from 0; None where there is but one."""
    called: str | None = None
    """The file of the called workflow that the job stands in, so that its key may occur twice in the
    run: `acme/platform/.github/workflows/deploy.yml`; None for a job of the run's own workflow."""

    ref: str | None = None
    """As git has it: `refs/heads/main`."""
    branch: str | None = None
    tag: str | None = None
    commit: str | None = None
    """The full hash; on a pull request the head commit, not the merge commit."""
    pull_request: str | None = None
    """The pull or merge request's number."""
    pull_request_url: str | None = None
    actor: str | None = None
    """Who started the run."""
    author_name: str | None = None
    """Who wrote the commit."""
    author_email: str | None = None

    deployment_id: str | None = None
    """The host's own record of a deployment, where the trigger is about one; it rises."""
    deployment_task: str | None = None
    """What that deployment does: `deploy`, `deploy:migrations`."""

    other_environment: str | None = None
    """The environment of that deployment, where the event is about another one."""

    run_url: str | None = None
    job_url: str | None = None

    environment: str | None = None
    environment_id: str | None = None
    """The host's own id or slug of `environment`."""
    environment_tier: str | None = None
    """GitLab's deployment tier."""

    run_started_at: datetime | None = None
    job_started_at: datetime | None = None
    ended_at: datetime | None = None
    """When what the trigger is about ended."""
    status: str | None = None
    """The job's outcome so far, in the host's own word (`failed`) or as an exit code (`127`)."""
    run_status: str | None = None
    """The whole run's outcome, where the host tells it."""
    pull_request_status: str | None = None
    """What became of the pull request: `opened`, `merged`, `closed`."""
    updated_at: datetime | None = None
    """When the news that the trigger brings happened."""
    update_rank: int = 0
    """Orders news of one and the same second."""
    withholds_secrets: str | None = None
    """Why the host keeps secrets from this run by design: `a pull request from a fork`."""
    foreign_files: str | None = None
    """Why nothing in the checkout's files may be believed: it is somebody else's, and the run has
    secrets all the same."""
    foreign_below: str | None = None
    """Why nothing in the files of another checkout below it may be believed."""
    rehearsal: str | None = None
    """What plays the run, where it is none: `act`."""
    remarks: tuple[str, ...] = ()
    """What is worth a debug line."""
    note: str | None = None
    """What the host's storage has to keep for later steps of the run: one line, told by `parse`."""
    is_local: bool = False
    """Repository, branch and commit are those of a checkout on this machine, not of a CI system's run."""
