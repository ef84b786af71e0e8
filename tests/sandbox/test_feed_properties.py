"""Whatever is sent in whatever order: the feed is what the rules say, over any bounds and restarts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from compass_action.sandbox import rows
from compass_action.sandbox.contract import Accepted, validate
from compass_action.sandbox.feed import Feed
from compass_action.sandbox.rows import Wanted
from compass_action.sandbox.store import Store
from tests.sandbox.sending import changed, sample

ARI = sample("build-full")["componentId"][:-1]


class Sent(NamedTuple):
    """One build that is sent."""

    component: str | None
    source: str
    pipeline: str
    number: int
    state: str


STATES = st.sampled_from(["IN_PROGRESS", "SUCCESSFUL", "FAILED"])
SENT = st.builds(
    Sent,
    st.sampled_from([ARI + "1", ARI + "2", ARI + "3", None]),
    st.sampled_from("ab"),
    st.sampled_from("xyz"),
    st.integers(0, 5),
    STATES,
)


def take(feed: Feed, sent: Sent) -> bool:
    document = changed(
        "build-full",
        {
            "componentId": sent.component or ...,
            "event.build.externalEventSourceId": sent.source,
            "event.build.updateSequenceNumber": sent.number,
            "event.build.buildProperties.pipeline.pipelineId": sent.pipeline,
            "event.build.buildProperties.state": sent.state,
        },
    )
    raw = json.dumps(document).encode()
    verdict = validate(raw)
    assert isinstance(verdict, Accepted)
    return feed.take(verdict, raw)


class Model:
    """The same rules, in a few lines."""

    def __init__(self) -> None:
        self.attached: dict[str, set[str]] = {}
        self.events: dict[tuple[str, str], tuple[int, str]] = {}

    def take(self, sent: Sent) -> bool:
        if sent.component is None and sent.source not in self.attached:
            return False
        if sent.component is not None:
            self.attached.setdefault(sent.source, set()).add(sent.component)
        known = self.events.get((sent.source, sent.pipeline))
        if known is None or sent.number > known[0]:
            self.events[sent.source, sent.pipeline] = (sent.number, sent.state)
        return True

    def shown_on(self, component: str) -> Iterator[tuple[str, str, int, str]]:
        for (source, pipeline), (number, state) in self.events.items():
            if component in self.attached[source]:
                yield source, pipeline, number, state


def shown(
    store: Store, component: str | None
) -> set[tuple[str | None, str, int | None, str | None]]:
    found = rows.in_order(store, Wanted(component))
    return {(row.source, row.identity["pipelineId"], row.number, row.state) for row in found}


@given(st.lists(SENT, max_size=25), st.integers(0, 25))
def test_the_feed_is_what_the_rules_say_also_after_a_restart(sent: list[Sent], stop: int) -> None:
    with TemporaryDirectory() as folder:
        model, file = Model(), Path(folder) / "sandbox.db"
        for part in (sent[:stop], sent[stop:]):
            store = Store(file)
            feed = Feed(store, lambda: datetime.now(UTC))
            assert [take(feed, one) for one in part] == [model.take(one) for one in part]
            for component in (ARI + "1", ARI + "2", ARI + "3"):
                assert shown(store, component) == set(model.shown_on(component))
            store.close()


@given(st.lists(SENT, max_size=40), st.integers(1, 4))
def test_no_more_is_kept_than_was_asked_for(sent: list[Sent], keep: int) -> None:
    store = Store()
    feed = Feed(store, lambda: datetime.now(UTC), keep=keep)
    for one in sent:
        take(feed, one)
        assert len(rows.in_order(store, Wanted())) <= keep
    with store.reading() as db:
        [orphans] = db.execute(
            "SELECT count(*) FROM change WHERE event_id NOT IN (SELECT id FROM event)"
        ).fetchone()
        counted = db.execute("SELECT ifnull(sum(size), 0) FROM event").fetchone()
    assert orphans == 0
    assert counted == (feed._size,)
    store.close()


@given(st.lists(SENT, min_size=1, max_size=20))
def test_pages_of_any_size_are_the_whole(sent: list[Sent]) -> None:
    store = Store()
    feed = Feed(store, lambda: datetime.now(UTC))
    for one in sent:
        take(feed, one)
    whole = rows.in_order(store, Wanted())
    for limit in (1, 2, 7):
        found, after = [], 0
        while page := rows.in_order(store, Wanted(), after, limit):
            found += page
            after = page[-1].id
        assert found == whole
        listed, before = [], None
        while page := rows.newest(store, Wanted(), before, limit):
            listed += page
            before = page[-1].counted_id
        assert sorted(listed) == sorted(whole)
    store.close()
