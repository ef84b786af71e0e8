"""Report one stage of a sync of Argo CD: that it has begun, has succeeded, or has failed.

The three stages are three jobs with nothing in common, yet they have to report one event. What they
share is kept by the cluster: the moment at which the first of them was created. In milliseconds it is
the deployment's sequence number, and it is its start.

A sync must not fail because a report does: unless `on-error` is `fail` this ends with 0.
"""

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

STATES = {"begin": "in_progress", "succeeded": "success", "failed": "failure"}
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def main() -> int:
    """Find the number, run the program."""
    release, _, stage = os.environ["COMPASS_EVENT_JOB"].rpartition("-")
    given = {"COMPASS_STATE": STATES[stage]}
    try:
        given |= identify(release, stage)
    except (OSError, KeyError, ValueError) as error:
        sys.stderr.write(f"The jobs of this sync could not be looked up: {error}\n")
    program = ["compass-event"]  # on the image's PATH
    env = {"COMPASS_CI": "argocd"} | os.environ | given
    code = subprocess.run(program, env=env, check=False).returncode  # noqa: S603
    return code if stage != "begin" and os.environ.get("COMPASS_ON_ERROR") == "fail" else 0


def identify(release: str, stage: str) -> dict[str, str]:
    """Number the deployment by the job that began it; by this one, if that is gone or another sync's.

    A sync may fail before its first hook. The begin that is found then is an earlier sync's, which has
    been ended by a job that is younger than it.
    """
    created = {name: read_creation(f"{release}-{name}") for name in STATES}
    begun, own = created["begin"], created[stage]
    others = [created[name] for name in STATES if name not in ("begin", stage)]
    if begun and not any(other and other > begun for other in others):
        start = int(begun.timestamp())
        return {"COMPASS_SEQUENCE_NUMBER": f"{start}000", "COMPASS_STARTED_AT": str(start)}
    return {"COMPASS_SEQUENCE_NUMBER": f"{int(own.timestamp())}000"} if own else {}


def read_creation(job: str) -> datetime | None:
    """Ask the cluster when a job was created; None if there is none."""
    account = Path(os.environ.get("SERVICE_ACCOUNT", ACCOUNT))
    host, port = (os.environ[f"KUBERNETES_SERVICE_{what}"] for what in ("HOST", "PORT"))
    namespace = (account / "namespace").read_text()
    server = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    request = urllib.request.Request(  # noqa: S310 the scheme is fixed
        f"{server}/apis/batch/v1/namespaces/{namespace}/jobs/{job}",
        headers={"Authorization": f"Bearer {(account / 'token').read_text()}"},
    )
    trusted = ssl.create_default_context(cafile=str(account / "ca.crt"))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
    )
    try:
        with opener.open(request, timeout=10) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise
    return datetime.fromisoformat(found["metadata"]["creationTimestamp"])


if __name__ == "__main__":
    sys.exit(main())
