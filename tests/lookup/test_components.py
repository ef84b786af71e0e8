"""Components that are named by slug, by a file without an id, or by nothing but the repository."""

from __future__ import annotations

import json

import pytest

from tests.building import ARI
from tests.github_runner.file_commands import parse_pairs
from tests.lookup.compass import AUTO, BUILD, GITHUB, NONE, SHOP, Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]

TILL = {**SHOP, "id": ARI[:-1] + "5", "name": "till", "slug": "till"}


def components(server: StandIn) -> list[str]:
    return [event.component_id for event in server.catalog.events]


def test_a_slug_leads_to_its_component(compass: StandIn, program: Program) -> None:
    assert program(*BUILD, "--component-slug", "shop-web", **NONE).code == 0
    assert components(compass) == [ARI]
    assert compass.operations == ["CloudId", "BySlug"]


def test_with_the_cloud_id_one_question_is_enough(compass: StandIn, program: Program) -> None:
    cloud = ("--cloud-id", "a5fd7e86-1037-4957-88e1-656b1179d617")
    assert program(*BUILD, *cloud, "--component-slug", "shop-web", **NONE).code == 0
    assert compass.operations == ["BySlug"]


def test_slugs_and_ids_go_together(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(components=(SHOP, TILL))
    ran = program(*BUILD, COMPASS_COMPONENT_SLUG="till")
    assert ran.code == 0
    assert sorted(components(compass)) == [ARI, TILL["id"]]


def test_a_slug_that_is_not_there_is_named(compass: StandIn, program: Program) -> None:
    ran = program(*BUILD, "--component-slug", "shop,web", **NONE)
    assert ran.code == 2
    assert (
        'component-slug: the component "shop" could not be looked up: The component was' in ran.said
    )
    assert 'component-slug: the component "web" could not be looked up:' in ran.said
    assert "component-id: " not in ran.said
    assert compass.catalog.events == ()


def test_a_slug_needs_an_account(compass: StandIn, program: Program) -> None:
    ran = program(*BUILD, "--component-slug", "shop-web", "--dry-run", COMPASS_EMAIL="", **NONE)
    assert ran.code == 2
    assert "component-slug: Compass has to be asked for it, which needs site, email and" in ran.said


def test_a_dry_run_looks_up_the_slug_and_sends_nothing(compass: StandIn, program: Program) -> None:
    ran = program(*BUILD, "--component-slug", "shop-web", "--dry-run", **NONE)
    assert ran.code == 0
    assert ARI in ran.said
    assert [one.path for one in compass.asked] == ["/graphql", "/graphql"]


@pytest.mark.parametrize(
    "text", ["slug: shop-web\n", "id: null\nslug: shop-web\n", "{slug: shop-web}"]
)
def test_a_file_with_a_slug_and_no_id_is_enough(
    text: str, compass: StandIn, program: Program
) -> None:
    (program.folder / "compass.yml").write_text(text)
    assert program(*BUILD, **NONE).code == 0
    assert components(compass) == [ARI]


def test_files_with_and_without_ids_go_together(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(components=(SHOP, TILL))
    for folder, text in (("a", f"id: {ARI}\nslug: other\n"), ("b", "slug: till\n")):
        (program.folder / folder).mkdir()
        (program.folder / folder / "compass.yml").write_text(text)
    assert program(*BUILD, "--component-file", "*/compass.yml", **NONE).code == 0
    assert sorted(components(compass)) == [ARI, TILL["id"]]
    assert compass.operations == ["CloudId", "BySlug"]


def test_a_file_whose_slug_is_not_there_is_named(compass: StandIn, program: Program) -> None:
    (program.folder / "compass.yml").write_text("slug: nobody\n")
    ran = program(*BUILD, **NONE)
    assert ran.code == 2
    assert (
        'component-file "compass.yml": it has no id, and the component "nobody" could not'
        in ran.said
    )


def test_a_forks_checkout_names_no_component(compass: StandIn, program: Program) -> None:
    """Where the run has this repository's secrets, anybody could report for any component."""
    (program.folder / "compass.yml").write_text("slug: shop-web\nname: shop\n")
    event = program.folder / "event.json"
    event.write_text('{"pull_request": {"head": {"repo": {"full_name": "eve/shop"}}}}')
    foreign = GITHUB | {
        "GITHUB_EVENT_NAME": "pull_request_target",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_WORKSPACE": str(program.folder),
    }
    assert program(*BUILD, **NONE, **foreign).code == 2
    assert compass.asked == []
    compass.catalog = compass.catalog._replace(components=({**SHOP, "links": []},))
    assert program(*BUILD, **AUTO, **foreign).code == 2
    assert compass.operations == ["CloudId", "Search"]


def test_a_file_with_an_id_asks_nobody(compass: StandIn, program: Program) -> None:
    (program.folder / "compass.yml").write_text(f"slug: shop-web\nid: {ARI}\n")
    assert program(*BUILD, **NONE).code == 0
    assert compass.operations == []


def test_auto_finds_the_one_that_links_to_the_repository(
    compass: StandIn, program: Program
) -> None:
    assert program(*BUILD, **AUTO, **GITHUB).code == 0
    assert components(compass) == [ARI]
    assert compass.operations == ["CloudId", "Search"]
    query = json.loads(compass.asked[1].body)["variables"]["query"]
    assert query["fieldFilters"] == [
        {"name": "links", "filter": {"eq": "https://github.com/acme/shop"}}
    ]


def test_auto_does_not_guess_among_several(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(components=(SHOP, TILL))
    ran = program(*BUILD, **AUTO, **GITHUB)
    assert ran.code == 2
    assert (
        "component-id: 2 components match: shop (shop-web, https://acme.atlassian.net/" in ran.said
    )
    assert "till (till, https://acme.atlassian.net/" in ran.said
    assert compass.catalog.events == ()


def test_auto_takes_no_component_that_links_elsewhere(compass: StandIn, program: Program) -> None:
    """How Compass matches links is not documented; what it returns is compared here."""
    strange = [{"id": "1", "type": "REPOSITORY", "url": "https://github.com/acme/shop-old"}]
    compass.catalog = compass.catalog._replace(
        components=({**SHOP, "links": [*strange, {**SHOP["links"][0], "type": "DOCUMENT"}]},)
    )
    ran = program(*BUILD, **AUTO, **GITHUB)
    assert ran.code == 2
    assert "component-id: no component links to https://github.com/acme/shop." in ran.said


def test_auto_takes_the_component_of_the_files_name(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(
        components=({**SHOP, "links": []}, {**TILL, "name": "shop and till", "links": []})
    )
    (program.folder / "compass.yml").write_text("name: shop\n")
    assert program(*BUILD, **AUTO, **GITHUB, GITHUB_WORKSPACE=str(program.folder)).code == 0
    assert components(compass) == [ARI]
    assert compass.operations == ["CloudId", "Search", "Search"]


def test_the_end_of_a_tracked_job_looks_nothing_up(compass: StandIn, program: Program) -> None:
    """It has the component in its record."""
    state = program.folder / "state"
    state.touch()
    env = GITHUB | NONE | {"GITHUB_STATE": str(state), "COMPASS_COMPONENT_SLUG": "shop-web"}
    assert program("--track", "--event-type", "build", **env).code == 0
    record = parse_pairs(state.read_bytes())["COMPASS_TRACKED"]
    ended = {"STATE_COMPASS_TRACKED": record, "COMPASS_STATE": "success"}
    assert program("post", "--track", **env, **ended).code == 0
    assert compass.operations == ["CloudId", "BySlug"]
    [event] = compass.catalog.events
    assert event.body["buildProperties"]["state"] == "SUCCESSFUL"
