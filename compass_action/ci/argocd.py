"""Argo CD, in a hook's Job. A pod sees nothing of the sync: the values of `ARGOCD_APP_*` exist while the
manifests are rendered, and have to be rendered into the Job. It is not detected but named by `ci`.

https://argo-cd.readthedocs.io/en/stable/user-guide/build-environment/
"""

from __future__ import annotations

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import commit, given, named_ref, repository_url, tag_of
from .run import CiRun
from .system import Naming, System, path


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the application from `ARGOCD_APP_*`. No variable tells one sync from the next."""
    env = {
        name.removeprefix("ARGOCD_APP_"): value
        for name, value in given(snapshot.env).items()
        if name.startswith("ARGOCD_APP_")
    }
    target = env.get("SOURCE_TARGET_REVISION")  # a branch, a tag, a commit or HEAD
    tag = tag_of(target)
    branch = None if tag or target == "HEAD" or commit(target) else target
    return CiRun(
        system="argocd",
        repository_url=repository_url(env.get("SOURCE_REPO_URL")),
        workflow=path(env.get("PROJECT_NAME") or "default", env.get("NAME")),
        workflow_name=env.get("NAME"),
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("REVISION")),
    )


def _application(run: CiRun) -> str | None:
    return f"argocd/{run.workflow}" if run.workflow else None


SYSTEM = System(
    "argocd",
    "Argo CD",
    lambda env: False,
    parse,
    Naming(
        run=lambda run: None,
        job=lambda run: None,
        pipeline=_application,
        pipeline_job=_application,
        run_number=lambda run: None,
        job_number=lambda run: None,
    ),
    hints={
        "state": "the hook knows it: in_progress in PreSync, success in PostSync, failure in "
        "SyncFail",
        "environment": "the destination, written into the Job",
        "external-event-source-id": "ARGOCD_APP_SOURCE_REPO_URL, rendered into the Job's env",
        "sequence-number": "one value for all hooks of a sync, rendered into their env; "
        '"$(date +%s)" where one hook reports alone',
        "url": "the application's page",
    },
)
