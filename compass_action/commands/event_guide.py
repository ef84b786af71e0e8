"""What each type of event is for: the one table behind `help EVENT-TYPE` and `docs/events.md`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Guide(NamedTuple):
    """How to report events of one type."""

    when: str
    """When to send one, in whole sentences."""
    needs: tuple[str, ...] = ()
    """Inputs that have to be given where no CI system says them."""
    reads: tuple[str, ...] = ()
    """Other inputs that it uses, besides those that all types use."""
    note: str = ""
    """What is worth knowing about updates."""
    examples: tuple[str, ...] = ()
    """Two calls that run as they stand, given credentials and a component."""


ALL_READ = ("display-name", "description", "url", "external-event-source-id", "last-updated")
"""Inputs that all types but pull-request use."""

_SOURCE = (
    "--external-event-source-id https://git.acme.example/shop --url https://status.acme.example"
)

# fmt: off
GUIDES: Mapping[str, Guide] = {
    "build": Guide(
        "Once for each build: when a job has built and tested something. Compass derives build "
        "success rate and build time from it.",
        ("state", "pipeline-id"),
        ("started-at", "completed-at", "pipeline-name", "pipeline-url", "scope", "properties"),
        "Reported again with the same pipeline-id, it is the same build: first running, then its outcome.",
        ("compass-event run -- make test",
         "compass-event --event-type build --state failed --started-at 2026-01-31T01:23:45Z "
         f"--pipeline-id ci.acme.example/shop/812 {_SOURCE}"),
    ),
    "deployment": Guide(
        "Once for each deployment to an environment, whether it succeeds or not. Compass derives "
        "deployment frequency and deployment time from these events. It is not documented whether "
        "environments other than production count; the sandbox counts all.",
        ("state", "environment", "pipeline-id", "sequence-number"),
        ("environment-id", "environment-category", "environment-map", "started-at", "completed-at",
         "pipeline-name", "pipeline-url", "scope", "properties"),
        "The same pipeline, environment and sequence number are the same deployment.",
        ("compass-event run --environment production -- ./deploy.sh",
         "compass-event --environment production --state success --sequence-number 812 "
         f"--pipeline-id ci.acme.example/shop/deploy {_SOURCE}"),
    ),
    "incident": Guide(
        "When an incident begins, and again when it is resolved. Compass derives the time to recover "
        "from its start to its end.",
        ("event-id", "state"),
        ("severity", "started-at", "completed-at", "properties"),
        "Give the same event-id and the same started-at when you resolve it.",
        ("compass-event --event-type incident --event-id INC-7 --state open --severity SEV1 "
         f"--display-name 'Checkout is down' {_SOURCE}",
         "compass-event --event-type incident --event-id INC-7 --state resolved --severity SEV1 "
         f"--started-at 2026-01-31T01:23:45Z {_SOURCE}"),
    ),
    "alert": Guide(
        "When an alert opens, is acknowledged, is snoozed or closes.",
        ("event-id", "state"),
        ("severity", "started-at", "properties"),
        "The severity is sent as the priority, P1 to P5. The times of its steps are properties: "
        "acknowledgedAt, snoozedAt, closedAt.",
        ("compass-event --event-type alert --event-id disk-full-db1 --state firing --severity critical "
         f"{_SOURCE}",
         f"compass-event --event-type alert --event-id disk-full-db1 --state resolved {_SOURCE}"),
    ),
    "flag": Guide(
        "When a feature flag is created, switched, retargeted, archived or deleted.",
        ("event-id", "state"),
        ("properties",),
        "",
        ("compass-event --event-type flag --event-id new-checkout --state on "
         f"--display-name 'new-checkout is on' {_SOURCE}",
         f"compass-event --event-type flag --event-id new-checkout --state archived {_SOURCE}"),
    ),
    "lifecycle": Guide(
        "When the component reaches another stage of its life.",
        ("event-id", "state"),
        ("properties",),
        "",
        (f"compass-event --event-type lifecycle --event-id shop-2026 --state production {_SOURCE}",
         f"compass-event --event-type lifecycle --event-id shop-2031 --state end-of-life {_SOURCE}"),
    ),
    "vulnerability": Guide(
        "When a vulnerability is found in the component, and again when it is fixed or dismissed.",
        ("event-id", "state", "severity"),
        ("started-at", "completed-at", "properties"),
        "Give the same event-id and the same started-at when it is fixed. A CVSS score is a property: "
        "score.",
        ("compass-event --event-type vulnerability --event-id CVE-2026-12345 --state open "
         f"--severity high --properties 'score: 8.1' {_SOURCE}",
         "compass-event --event-type vulnerability --event-id CVE-2026-12345 --state fixed "
         f"--severity high --started-at 2026-01-31T01:23:45Z {_SOURCE}"),
    ),
    "custom": Guide(
        "For anything else that is worth a line in the activity feed.",
        ("event-id",),
        ("properties",),
        "The icon is a property: INFO, WARNING or CHECKPOINT.",
        ("compass-event --event-type custom --event-id migration-12 --display-name 'Schema 12 is live' "
         f"{_SOURCE}",
         "compass-event --event-type custom --event-id backup-2026-01-31 --properties 'icon: WARNING' "
         f"--display-name 'The backup is late' {_SOURCE}"),
    ),
    "push": Guide(
        "When commits are pushed.",
        ("event-id", "ref"),
        ("properties",),
        "The event-id is the commit, ref the branch. CI systems say them, with the author.",
        ("compass-event --event-type push --event-id 5b2e9f0c7d1a4e83b6f50c9d8e7a6b5c4d3e2f10 "
         f"--ref main {_SOURCE}",
         "compass-event --event-type push --event-id 7421aa90c7d1a4e83b6f50c9d8e7a6b5c4d3e2f1 "
         f"--ref main --properties '{{author: {{name: Ann}}}}' {_SOURCE}"),
    ),
    "pullRequest": Guide(
        "When a pull request is opened, reviewed, merged or rejected. Atlassian documents this type "
        "for Forge apps only; such events do not appear in the activity feed.",
        ("event-id", "state", "properties"),
        ("last-updated",),
        "It has neither a display name nor a link of its own: its properties repoUrl and "
        "pullRequestUrl are addresses.",
        ("compass-event --event-type pull-request --event-id 44 --state open --properties "
         "'{repoUrl: https://git.acme.example/shop,\n"
         "        pullRequestUrl: https://git.acme.example/shop/44}'",
         "compass-event --event-type pull-request --event-id 44 --state merged --properties "
         "'{repoUrl: https://git.acme.example/shop,\n"
         "        pullRequestUrl: https://git.acme.example/shop/44}'"),
    ),
}
# fmt: on
