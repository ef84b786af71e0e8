"""Components that are looked up, by slug, repository or name: each sentence about the answer."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.lookup import compass as asked
from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.compass import Component
from tests.building import ARI
from tests.lookup.compass import AUTO, BUILD, GITHUB, NONE, SHOP, Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]

ACCOUNT = "Compass has to be asked for it, which needs site, email and api-token, and no --offline."


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
    compass.catalog = compass.catalog._replace(cloud_id="")
    ran = program(*BUILD, *more, **env)
    assert ran.code == 2
    host = compass.url.removeprefix("http://")
    assert problems(ran.said) == [
        f"{where}: Compass does not tell the site's cloud id: Atlassian knows no site {host}."
    ]


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
    said = (
        'the component "nobody" could not be looked up: The component was not found; '
        "COMPONENT_NOT_FOUND 404."
    )
    ran = program(*BUILD, "--component-slug", "nobody", **NONE)
    assert (ran.code, problems(ran.said)) == (2, [f"component-slug: {said}"])
    (program.folder / "compass.yml").write_text("slug: nobody\n")
    ran = program(*BUILD, **NONE)
    where = 'component-file "compass.yml"'
    assert (ran.code, problems(ran.said)) == (2, [f"{where}: it has no id, and {said}"])


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
MANY = Failed(None, "more than 50 match", absent=True)
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
        (MANY, (), "", "component-id: the component could not be looked up: more than 50 match."),
        ((), MANY, "name: shop\n",
         "component-id: the component could not be looked up: more than 50 match."),
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
