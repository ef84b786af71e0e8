"""Two hosts can be asked about their own runs; what to write is said in their words."""

from __future__ import annotations

from compass_action.lookup import github, gitlab
from compass_action.lookup.hosts import HOSTS
from compass_action.lookup.whom import Host


def test_each_host_says_what_to_write() -> None:
    assert dict(HOSTS) == {
        "github": Host(
            "host-token: ${{ github.token }}, and give the job the permission actions: read",
            github.find_run,
            github.find_run_start,
            github.find_job_start,
        ),
        "gitlab": Host(
            "host-token: $CI_JOB_TOKEN, or a token with the scope read_api", gitlab.find_run
        ),
    }
