"""Whom a host's token may be shown to: the host's own API alone. Pure, as is what it is told by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from compass_action.ci.run import CiRun
from compass_action.connection.destination import find_ca_bundle, find_proxies, is_loopback
from compass_action.connection.request import Request
from compass_action.inputs.values import split_url
from compass_action.text import Secrets

from .asking import Ask, Failed


class Whom(NamedTuple):
    """A host with the token for it."""

    env: Mapping[str, str]
    token: str
    secrets: Secrets

    def __repr__(self) -> str:
        """Show nothing: all of it may be secret."""
        return "Whom()"


class ToldRun(NamedTuple):
    """What a host says of a run and its job; None where it was not asked or does not say."""

    job_started_at: datetime | None = None
    run_started_at: datetime | None = None
    run_status: str | None = None
    """The outcomes of its jobs, joined by commas, in the host's own words."""


Tell = Callable[[Ask, Whom, CiRun], ToldRun | Failed]


class Host(NamedTuple):
    """What a CI system can be asked about its own runs; None where its environment says it anyhow."""

    advice: str
    """What to write into `host-token`, and what it needs: the rest of a sentence."""
    find_run: Tell
    """How the whole run ended, all of it but this job, and when it began."""
    find_run_start: Tell | None = None
    find_job_start: Tell | None = None


def still_running(number: int, whole: str) -> Failed:
    """Word that so many other jobs of a whole (run, pipeline) still run, so that it has no outcome."""
    jobs = (
        f"another job of the {whole} has"
        if number == 1
        else f"{number} other jobs of the {whole} have"
    )
    return Failed(None, f"{jobs} not ended", absent=True)


NO_OUTCOMES = Failed(None, "the answer has no outcomes of other jobs", absent=True)


def api_request(
    whom: Whom, api: str | None, server: str | None, path: str, headers: Mapping[str, str]
) -> Request | Failed:
    """Make a request to a host's API, which has to be on the host that the run names, or on `api.` of
    it, by https (http is for loopback): what an earlier step may have planted gets no token.
    """
    parts, own = split_url(api or ""), split_url(server or "")
    if parts is None or own is None:
        return Failed(None, "the run does not say where its API is")
    scheme, host, _ = parts
    if host.lower() not in (own[1].lower(), f"api.{own[1].lower()}"):
        return Failed(None, f"the API's host {host} is not that of {own[1]}, so it gets no token")
    if scheme != "https" and not (scheme == "http" and is_loopback(api)):
        return Failed(None, "its API is not at an https address, so it gets no token")
    url = f"{(api or '').rstrip('/')}{path}"
    return Request(
        url,
        headers,
        proxies=find_proxies(url, whom.env),
        ca_bundle=find_ca_bundle(whom.env),
        secrets=whom.secrets,
    )
