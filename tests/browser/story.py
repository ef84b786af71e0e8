"""A month of four components, sent to a sandbox: for the browser's tests and the screenshots.

python tests/browser/story.py URL [HOURS]    HOURS of the story, 672 if not given

The sandbox gives events the time of their arrival, so the timeline goes by the events' own times.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
SPACE = "30307f94-33fc-4613-b40d-651fee166c5e"
COMPONENTS = {
    "shop": "c34578a8-98c2-43e3-8b47-ee9b4fe598e4",
    "billing": "7d0f2a51-66b1-4c0e-9a43-0b1d5c8e2f67",
    "search": "e91b6c3d-2f84-4a7b-b5d0-93c7a1f84e20",
    "mobile": "4f2b9d10-77aa-4e51-8c3e-5d2a90b6c7f1",
}
HOSTS = {
    "shop": "github.com",
    "billing": "bitbucket.org",
    "search": "gitlab.com",
    "mobile": "github.com",
}
MINUTES = {"shop": 6, "billing": 11, "search": 4, "mobile": 19}
WORDS = ["Checkout remembers the address", "Faster facets", "Invoices as PDF", "Retry the payment"]
WORDS += [
    "Dark theme",
    "Fix the time zone",
    "Search by colour",
    "Upgrade to HTTP/2",
    "Smaller image",
]


def ari(name: str) -> str:
    """The component's."""
    return f"ari:cloud:compass:{CLOUD}:component/{SPACE}/{COMPONENTS[name]}"


def story(hours: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Every event, in order of time."""
    chance = random.Random(7)  # noqa: S311 - a story, the same each time
    run = 1400
    moment = now - timedelta(hours=hours)
    while moment < now - timedelta(minutes=30):
        name = chance.choices([*COMPONENTS], [5, 3, 4, 1])[0]
        run += 1
        took = timedelta(minutes=MINUTES[name] * chance.uniform(0.7, 1.5))
        word = chance.choice(WORDS)
        failed = chance.random() < 0.14
        yield build(name, run, "FAILED" if failed else "SUCCESSFUL", moment, moment + took, word)
        if not failed:
            for environment in ["staging"] + ["production"] * (chance.random() < 0.5):
                began = moment + took + timedelta(minutes=chance.uniform(1, 9))
                state = "FAILED" if chance.random() < 0.07 else "SUCCESSFUL"
                ended = began + timedelta(minutes=chance.uniform(1, 5))
                yield deployment(name, run, environment, state, began, ended)
                if state == "FAILED":
                    break
        if chance.random() < 0.04:
            began = moment + took
            yield incident(name, run, began, began + timedelta(minutes=chance.uniform(9, 95)))
        moment += timedelta(minutes=chance.uniform(25, 420))
    yield from ending(run, now)


def ending(run: int, now: datetime) -> Iterator[dict[str, Any]]:
    """What happened just now, good and bad."""
    ago = [now - timedelta(minutes=minutes) for minutes in range(30)]
    yield build("shop", run + 1, "SUCCESSFUL", ago[24], ago[18], "Dark theme")
    yield deployment("shop", run + 1, "production", "IN_PROGRESS", ago[4], None)
    yield build("search", run + 2, "IN_PROGRESS", ago[3], None, "Faster facets")
    failed = build("billing", run + 3, "FAILED", ago[20], ago[12], "Invoices as PDF")
    yield failed
    again = build("billing", run + 3, "SUCCESSFUL", ago[11], ago[2], "Invoices as PDF")
    yield again
    late = json.loads(json.dumps(again))
    late["event"]["build"]["buildProperties"]["state"] = "ERROR"
    yield late  # the same update number
    shared = build("mobile", run + 4, "SUCCESSFUL", ago[9], ago[1], "Smaller image")
    shared["event"]["build"]["externalEventSourceId"] = f"https://{HOSTS['shop']}/acme/shop"
    yield shared
    other = json.loads(json.dumps(shared))
    other["componentId"] = ari("shop")
    other["event"]["build"]["updateSequenceNumber"] += 1
    yield other
    wrong = build("search", run + 5, "SUCCESS", ago[8], ago[3], "Upgrade to HTTP/2")
    del wrong["event"]["build"]["url"]
    yield wrong


def build(
    name: str, run: int, state: str, began: datetime, ended: datetime | None, word: str
) -> dict[str, Any]:
    """A build of one run."""
    place = f"{HOSTS[name]}/acme/{name}"
    own = {
        "state": state,
        "startedAt": written(began),
        "pipeline": {
            "pipelineId": f"{place}/runs/{run}/jobs/test",
            "displayName": "CI",
            "url": f"https://{place}/actions",
        },
    }
    said = {
        "displayName": f"{word} #{run}",
        "description": f"main at {run * 7919:07x}"[:40],
        "url": f"https://{place}/runs/{run}",
    }
    return event("build", name, place, own, said, began, ended)


def deployment(
    name: str, run: int, environment: str, state: str, began: datetime, ended: datetime | None
) -> dict[str, Any]:
    """A deployment of one run."""
    place = f"{HOSTS[name]}/acme/{name}"
    own = {
        "state": state,
        "sequenceNumber": run,
        "startedAt": written(began),
        "pipeline": {
            "pipelineId": f"{place}/jobs/deploy",
            "displayName": "Deploy",
            "url": f"https://{place}/actions",
        },
        "environment": {
            "environmentId": environment,
            "displayName": environment,
            "category": environment.upper(),
        },
    }
    said = {
        "displayName": f"{environment}: {name} #{run}",
        "description": f"{name} to {environment}",
        "url": f"https://{place}/runs/{run}/deploy",
    }
    return event("deployment", name, place, own, said, began, ended)


def incident(name: str, run: int, began: datetime, ended: datetime) -> dict[str, Any]:
    """An incident that was resolved."""
    place = f"{HOSTS[name]}/acme/{name}"
    own = {
        "id": f"INC-{run}",
        "state": "RESOLVED",
        "startTime": written(began),
        "endTime": written(ended),
    }
    said = {
        "displayName": f"{name} answers slowly",
        "description": "Paged by the error budget",
        "url": f"https://status.acme.example/{run}",
    }
    return event("incident", name, place, own, said, began, ended)


def event(
    kind: str,
    name: str,
    place: str,
    own: dict[str, Any],
    said: dict[str, str],
    began: datetime,
    ended: datetime | None,
) -> dict[str, Any]:
    """The request's body."""
    if ended is not None and kind != "incident":
        own["completedAt"] = written(ended)
    moment = ended or began
    common = {
        "lastUpdated": written(moment),
        "updateSequenceNumber": round(moment.timestamp() * 1000),
        "externalEventSourceId": f"https://{place}#{COMPONENTS[name]}",
    }
    body = {**said, **common, f"{kind}Properties": own}
    return {"cloudId": CLOUD, "componentId": ari(name), "event": {kind: body}}


def written(moment: datetime) -> str:
    """A time as the contract has it."""
    return moment.isoformat(timespec="milliseconds")


def main(url: str, hours: int) -> None:
    """Send all of it."""
    basic = base64.b64encode(b"robot@acme.example:compass-event-sandbox-token").decode()
    for body in story(hours, datetime.now(UTC)):
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{url}/compass/v1/events",
            json.dumps(body).encode(),
            {"Authorization": f"Basic {basic}", "Content-Type": "application/json"},
        )
        try:
            urllib.request.urlopen(request).close()  # noqa: S310 - loopback
        except urllib.error.HTTPError as error:
            error.close()  # one of them is wrong on purpose


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 672)
