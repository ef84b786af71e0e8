"""What is asked where a run lacks something: whom, for how long, and each sentence about the answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.commands import lookups
from compass_action.connection.answer import Answer
from compass_action.connection.budget import Budget
from compass_action.lookup import compass as asked
from compass_action.lookup import events
from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.compass import Component
from compass_action.lookup.hosts import HOSTS
from compass_action.lookup.sought import Seen
from compass_action.lookup.whom import Host, ToldRun
from tests.building import ARI
from tests.lookup.compass import AUTO, BUILD, GITHUB, NONE, SHOP, Program, compass, program
from tests.lookup.stand_in import Fault, StandIn

__all__ = ["compass", "program"]

ACCOUNT = "Compass has to be asked for it, which needs site, email and api-token, and no --offline."


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        (Failed(Answer(401, b""), "a hint"), "HTTP 401, a hint"),
        (Failed(Answer(400, b'{"errors":[{"type":"T","message":"m"}]}')), "HTTP 400, T: m"),
        (Failed(TimeoutError()), "the connection failed (TimeoutError)"),
        (Failed(None, "nothing"), "nothing"),
        (Failed(), ""),
    ],
)
def test_a_failure_is_worded_by_its_answer_and_what_more_is_known(
    failed: Failed, said: str
) -> None:
    assert lookups.why(failed) == said


def problems(said: str) -> list[str]:
    """The sentences about wrong inputs."""
    lines = said.splitlines()
    if len(lines) == 1:
        return [lines[0].removeprefix("Error: Some inputs are missing or wrong: ")]
    return [line.strip() for line in lines[1:]]


def test_whoever_is_sought_needs_an_account(compass: StandIn, program: Program) -> None:
    """The one problem is that of the input."""
    for more, env, where in (
        (["--component-slug", "shop-web"], NONE, "component-slug"),
        ([], AUTO, "component-id"),
        (["--component-slug", "shop-web"], AUTO, "component-id"),
    ):
        ran = program("check", "--offline", *BUILD, *more, **env)
        assert ran.code == 2
        assert problems(ran.said) == [f"{where}: {ACCOUNT}"]
        ran = program(*BUILD, "--dry-run", *more, **env, COMPASS_EMAIL="")
        assert problems(ran.said) == [f"{where}: {ACCOUNT}"]
    assert compass.asked == []


def test_of_a_file_without_an_id_the_problem_is_as_ever(program: Program) -> None:
    (program.folder / "compass.yml").write_text("slug: shop-web\n")
    ran = program("check", "--offline", *BUILD, **NONE)
    assert ran.code == 2
    assert ACCOUNT not in ran.said
    assert "component-id" in ran.said


@pytest.mark.parametrize(
    ("more", "env", "where"),
    [
        (["--component-slug", "shop-web"], NONE, "component-slug"),
        ([], AUTO, "component-id"),
        ([], NONE, "site"),
    ],
)
def test_a_site_that_does_not_tell_its_cloud_id_is_told(
    more: list[str], env: dict[str, str], where: str, compass: StandIn, program: Program
) -> None:
    (program.folder / "compass.yml").write_text("slug: shop-web\n")
    compass.fault = lambda asked: Fault(404)
    ran = program(*BUILD, *more, **env)
    assert ran.code == 2
    assert f"{where}: Compass does not tell the site's cloud id: HTTP 404." in ran.said


def test_slugs_join_the_ids_that_are_given(compass: StandIn, program: Program) -> None:
    """Each component once; `auto` is no id of any."""
    till = {**SHOP, "id": ARI[:-1] + "5", "name": "till", "slug": "till"}
    compass.catalog = compass.catalog._replace(components=(SHOP, till))
    ran = program(*BUILD, "--component-slug", "till,shop-web", COMPASS_COMPONENT_ID=f"{ARI},auto")
    assert ran.code == 0, ran.said
    assert [e.component_id for e in compass.catalog.events] == [ARI, till["id"]]
    compass.catalog = compass.catalog._replace(events=())
    assert program(*BUILD, "--component-slug", "till", **AUTO).code == 0
    assert [e.component_id for e in compass.catalog.events] == [till["id"]]


def test_a_slug_that_nobody_has_is_a_whole_sentence(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(500) if asked.operation == "BySlug" else None
    ran = program(*BUILD, "--component-slug", "nobody", **NONE)
    assert problems(ran.said) == [
        'component-slug: the component "nobody" could not be looked up: HTTP 500.'
    ]
    (program.folder / "compass.yml").write_text("slug: nobody\n")
    ran = program(*BUILD, **NONE)
    assert problems(ran.said) == [
        'component-file "compass.yml": it has no id, and the component "nobody" could not be looked up: '
        "HTTP 500."
    ]


class Search:
    """It finds by a link and by a name what stands in the lists."""

    def __init__(self, link: Any, name: Any, patch: pytest.MonkeyPatch) -> None:
        self.told = {"link": link, "name": name}
        self.asked: list[str] = []
        patch.setattr(asked, "search", self.search)

    def search(self, *_: object, **by: str) -> Told:
        [(how, text)] = by.items()
        self.asked.append(f"{how} {text}")
        return Told(self.told[how])


LINKED = Component(ARI, "shop", "shop-web", url="https://a.example/1",
                   repositories=("https://github.com/acme/shop.git",))  # fmt: skip
ELSEWHERE = LINKED._replace(repositories=("https://github.com/acme/other",))


def auto(program: Program, *files: str, **env: str) -> tuple[int, str]:
    for number, text in enumerate(files):
        (program.folder / f"{number}.yml").write_text(text)
    given = ("--component-file", "*.yml") if files else ()
    ran = program(*BUILD, *given, **(AUTO | GITHUB | env), GITHUB_WORKSPACE=str(program.folder))
    return ran.code, ran.said.removeprefix("::error title=Some inputs are missing or wrong::")


@pytest.mark.parametrize(
    ("link", "name", "file", "said"),
    [
        ((), (), "", "component-id: no component links to https://github.com/acme/shop. Add the "
         "repository to the component's links in Compass, or give component-slug."),
        ((ELSEWHERE,), (), "", "component-id: no component links to https://github.com/acme/shop. Add "
         "the repository to the component's links in Compass, or give component-slug."),
        (Failed(None, "nothing"), (), "", "component-id: the component could not be looked up: nothing."),
        ((), Failed(None, "nothing"), "name: shop\n",
         "component-id: the component could not be looked up: nothing."),
        ((LINKED, LINKED._replace(name="till", slug="")), (), "",
         f"component-id: 2 components match: shop (shop-web, https://a.example/1); till ({ARI}, "
         "https://a.example/1). Name one in component-slug or component-id."),
        ((LINKED,) * 5, (), "", "component-id: 5 components match: " + "; ".join(
            ["shop (shop-web, https://a.example/1)"] * 4)
         + ". Name one in component-slug or component-id."),
        ((), (LINKED, LINKED), "name: shop\n", "component-id: 2 components match: "
         "shop (shop-web, https://a.example/1); shop (shop-web, https://a.example/1). Name one in "
         "component-slug or component-id."),
        ((), (LINKED,), "name: another\n", "component-id: no component links to "
         "https://github.com/acme/shop. Add the repository to the component's links in Compass, or give "
         "component-slug."),
    ],
)  # fmt: skip
def test_what_is_found_by_the_repository_has_to_be_one(
    link: Any, name: Any, file: str, said: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    Search(link, name, monkeypatch)
    assert auto(program, *filter(None, [file])) == (2, said)


def test_the_one_that_links_here_counts_before_the_one_of_the_name(
    program: Program, compass: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Search((ELSEWHERE, LINKED), (), monkeypatch)
    code, said = auto(program, "name: shop\n")
    assert (code, search.asked) == (0, ["link https://github.com/acme/shop"]), said
    [event] = compass.catalog.events
    assert event.component_id == ARI


def test_a_name_is_asked_for_where_the_files_agree_on_one(
    program: Program, compass: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a search for the link failed, too; a search that was refused tells nothing."""
    search = Search(Failed(None, "nothing"), (ELSEWHERE._replace(name="x"), ELSEWHERE), monkeypatch)
    auto(program, "name: shop\n", "name: till\n")
    assert search.asked == ["link https://github.com/acme/shop"]
    search = Search((), (ELSEWHERE._replace(name="x"), ELSEWHERE), monkeypatch)
    code, said = auto(program, "name: shop\n", "name: shop\n")
    assert (code, search.asked) == (0, ["link https://github.com/acme/shop", "name shop"]), said
    [event] = compass.catalog.events
    assert event.component_id == ARI


def test_without_a_repository_only_the_name_is_asked_for(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Search((), (), monkeypatch)
    (program.folder / "compass.yml").write_text("name: shop\n")
    ran = program(*BUILD, **AUTO, COMPASS_EXTERNAL_EVENT_SOURCE_ID="shop")
    assert search.asked == ["name shop"]
    assert problems(ran.said) == [
        "component-id: no component links to this repository. Add the repository to the component's links "
        "in Compass, or give component-slug."
    ]


@pytest.mark.parametrize(
    ("timeout", "components", "times"),
    [("8", 8, 4), ("19", 19, 10), ("20", 20, 10), ("21", 20, 10), ("120", 20, 10)],
)
def test_looking_up_has_a_part_of_the_time(
    timeout: str,
    components: int,
    times: int,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[float] = []

    class Kept(Budget):
        def __init__(self, seconds: float) -> None:
            given.append(seconds)
            super().__init__(seconds)

    monkeypatch.setattr(lookups, "Budget", Kept)
    assert program(*BUILD, "--component-slug", "shop-web", "--timeout", timeout, **NONE).code == 0
    assert program(*BUILD[:-2], "--timeout", timeout).code == 0
    assert [round(seconds) for seconds in given] == [components, round(float(timeout) / 2) if
                                                     float(timeout) < 20 else times]  # fmt: skip


STARTED = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "said", "start"),
    [
        (Seen(7, "IN_PROGRESS", STARTED), "Note: The build began at 2026-11-25T10:00:00Z, as Compass "
         "shows it.", "2026-11-25T10:00:00Z"),
        (Failed(None, "nothing"), "Note: Compass could not be asked when the build began: nothing.", None),
        (Seen(7, "IN_PROGRESS"), "", None),
        (None, "", None),
    ],
)  # fmt: skip
def test_compass_is_asked_for_a_start_that_nobody_knows(
    told: Any,
    said: str,
    start: str | None,
    compass: StandIn,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "find_event", lambda *_: Told(told))
    ran = program(*BUILD[:-2])
    assert ran.code == 0
    notes = [line for line in ran.said.splitlines() if "Compass" in line and "began" in line]
    assert notes == [line for line in [said] if line]
    [event] = compass.catalog.events
    assert (event.body["buildProperties"]["startedAt"] == start) is bool(start)


def test_an_incident_that_ends_has_the_start_and_severity_that_it_began_with(
    compass: StandIn, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is given says more."""
    seen = Seen(7, "OPEN", STARTED, {"level": "SEV1"})
    monkeypatch.setattr(events, "find_event", lambda *_: Told(seen))
    incident = ("--event-type", "incident", "--event-id", "7", "--state", "resolved")
    ran = program(*incident)
    assert ran.code == 0, ran.said
    assert "Note: The incident began at 2026-11-25T10:00:00Z, as Compass shows it." in ran.said
    ran = program(*incident, "--properties", "{severity: {level: SEV2}}")
    assert ran.code == 0, ran.said
    parts = [
        json.loads(one.body)["event"]["incident"]["incidentProperties"]
        for one in compass.asked
        if one.path == "/compass/v1/events"
    ]
    assert [part["severity"]["level"] for part in parts] == ["ONE", "TWO"]
    assert {part["startTime"] for part in parts} == {"2026-11-25T10:00:00Z"}


class Asked:
    """A host that is asked, and what it tells."""

    def __init__(self, told: Any, patch: pytest.MonkeyPatch, *, knows_all: bool = True) -> None:
        self.told = told
        self.asked: list[str] = []
        one = self.named
        patch.setitem(
            HOSTS,
            "github",
            Host(
                "host-token: T, and more",
                one("run"),
                one("run start") if knows_all else None,
                one("job start") if knows_all else None,
            ),
        )

    def named(self, name: str) -> Any:
        def tell(ask: object, whom: object, run: object) -> Any:
            self.asked.append(name)
            return self.told

        return tell


def ask(program: Program, *more: str, **env: str) -> list[str]:
    """What is said of the host, in a job on GitHub that has ended."""
    argv = ("--event-type", "build", "--pipeline-id", "b/7", *more)
    said = program(*argv, **GITHUB, **env).said
    return [line for line in said.splitlines() if line.startswith("Note: GitHub")]


TOKEN = ("--host-token", "ghs-0123456789")
SCOPE = ("--scope", "run")
STATE = ("--state", "success")


@pytest.mark.parametrize(
    ("more", "what", "asked"),
    [
        (STATE, "when the job began", "job start"),
        ((*SCOPE, *STATE), "when the run began", "run start"),
        (SCOPE, "how the run ended", "run"),
    ],
)
def test_the_host_is_asked_for_what_it_does_not_tell(
    more: tuple[str, ...],
    what: str,
    asked: str,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a token; without one it says which."""
    host = Asked(Failed(None, "nothing"), monkeypatch)
    note = f"Note: GitHub could not be asked {what}: nothing."
    assert ask(program, *more, *TOKEN) == [note]
    assert host.asked == [asked]
    assert ask(program, *more) == [
        f"Note: GitHub knows {what}. To have it asked, set host-token: T, and more."
    ]
    assert host.asked == [asked]


def test_a_host_that_cannot_be_asked_for_that_is_not(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Asked(Failed(None, "nothing"), monkeypatch, knows_all=False)
    assert ask(program, *STATE, *TOKEN) == ask(program, *SCOPE, *STATE, *TOKEN) == []
    assert host.asked == []


def test_what_the_host_tells_is_taken_where_the_run_says_nothing(
    compass: StandIn, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime(2026, 11, 25, 11, tzinfo=UTC)
    host = Asked(ToldRun(STARTED, later, "failure"), monkeypatch)
    assert ask(program, *STATE, *TOKEN) == []
    assert ask(program, *SCOPE, *TOKEN) == []
    assert host.asked == ["job start", "run"]
    parts = [json.loads(one.body)["event"]["build"]["buildProperties"] for one in compass.asked]
    assert [(part["state"], part["startedAt"]) for part in parts] == [
        ("SUCCESSFUL", "2026-11-25T10:00:00Z"),
        ("FAILED", "2026-11-25T11:00:00Z"),
    ]


def test_one_question_to_the_host_takes_three_seconds_at_most(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []
    monkeypatch.setattr(lookups, "asker", lambda budget, seconds=0.0: limits.append(seconds))
    Asked(ToldRun(STARTED), monkeypatch)
    ask(program, *STATE, *TOKEN)
    assert limits == [3.0]
