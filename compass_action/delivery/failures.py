"""How a delivery can fail: one table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Failure(NamedTuple):
    """One way in which a delivery can fail."""

    key: str
    headline: str
    """The first line of the message, and a heading of docs/troubleshooting.md."""
    hint: str
    """What to do, in one line."""
    retry: bool = False
    """Worth another attempt now."""
    spool: bool = False
    """May pass later: the payload belongs into the outbox."""
    stops_all: bool = False
    """What stopped one payload in such a way would stop the rest as well."""


ISSUES = "https://github.com/compass-event/compass-event/issues"
TOKENS = "https://github.com/compass-event/compass-event/blob/main/docs/tokens.md"
_TABLE = (
    Failure(
        key="invalid",
        headline="Compass refused the event",
        hint="The answer says what was not accepted; compare it with the payload that "
        "dry-run prints.",
    ),
    Failure(
        key="credentials",
        headline="Compass refused the credentials",
        hint="Most likely the token has ended: they live a year at most. Or it is one with scopes, or "
        "of a service account, which do not work at the site's address. Or email is not that of the "
        f"token's account. {TOKENS}",
        spool=True,
        stops_all=True,
    ),
    Failure(
        key="permission",
        headline="Compass denied permission",
        hint="The token's account needs access to Compass on this site, and to the component. "
        f"{TOKENS}",
        spool=True,
    ),
    Failure(
        key="not-found",
        headline="Compass does not know the component",
        hint="Compare component-id with the component's page, and check that the component is "
        "on this site.",
    ),
    Failure(
        key="sources",
        headline="The component has too many event sources",
        hint="Detach some on the component's page in Compass, and keep "
        "external-event-source-id constant.",
        spool=True,
    ),
    Failure(
        key="rate-limit",
        headline="Compass's rate limit was reached",
        hint="All jobs with this account share 100 requests a minute; use outbox and replay, "
        "or several accounts.",
        retry=True,
        spool=True,
    ),
    Failure(
        key="server",
        headline="Compass could not take the event now",
        hint="Compass or something in front of it has a problem; see Atlassian's status page.",
        retry=True,
        spool=True,
    ),
    Failure(
        key="redirect",
        headline="The server answered with a redirect",
        hint="Redirects are not followed, or the token would go along. Check site or api-url.",
        spool=True,
        stops_all=True,
    ),
    Failure(
        key="unexpected",
        headline="The server did not answer like Compass",
        hint="Check site or api-url, and whether a proxy or login page answers in its place.",
        spool=True,
    ),
    Failure(
        key="name",
        headline="The host name could not be resolved",
        hint="Check site or api-url, and the runner's DNS server.",
        retry=True,
        spool=True,
    ),
    Failure(
        key="tls",
        headline="The server's certificate was not trusted",
        hint="If a proxy inspects TLS here, name its certificate in REQUESTS_CA_BUNDLE or "
        "SSL_CERT_FILE.",
        spool=True,
        stops_all=True,
    ),
    Failure(
        key="proxy",
        headline="The proxy refused the connection",
        hint="Check HTTPS_PROXY, and NO_PROXY if Compass should be reached directly.",
        retry=True,
        spool=True,
    ),
    Failure(
        key="connection",
        headline="Compass could not be reached",
        hint="Check that this runner is allowed to connect to the site.",
        retry=True,
        spool=True,
    ),
    Failure(
        key="timeout",
        headline="Compass did not answer in time",
        hint="Nothing is wrong with the event; it may even have arrived.",
        retry=True,
        spool=True,
    ),
    Failure(
        key="budget",
        headline="The time budget ran out",
        hint="Raise timeout, or keep an outbox and replay it later.",
        spool=True,
    ),
    Failure(
        key="interrupted",
        headline="The run was interrupted",
        hint="The job was cancelled or stopped while sending.",
        spool=True,
    ),
    Failure(
        key="fault",
        headline="Compass Event itself has failed",
        hint=f"Your pipeline is not to blame. Please report it, with what debug shows: {ISSUES}",
        spool=True,
    ),
)
FAILURES: Mapping[str, Failure] = {failure.key: failure for failure in _TABLE}
