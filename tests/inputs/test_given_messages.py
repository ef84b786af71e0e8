"""Where an input was found: what that means for it, and what is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from compass_action.inputs import given
from compass_action.inputs.given import NO_SURFACES, Given, Surfaces, find_leaks, parse, strength
from compass_action.inputs.table import BY_NAME, Inputs
from compass_action.text import secrets_of

WITHHELD = (
    "Its secret is not defined here, is misspelt, or is withheld from this run: CI systems withhold "
    "secrets from forks, and variables from branches, environments and pipes that they are not meant for."
)


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"INPUT_API-TOKEN": ""}, f"INPUT_API-TOKEN is empty. {WITHHELD}"),
        ({"PLUGIN_API_TOKEN": " \n"}, f"PLUGIN_API_TOKEN is empty. {WITHHELD}"),
        ({"COMPASS_API_TOKEN": " $TOKEN"}, f'COMPASS_API_TOKEN is still "$TOKEN". {WITHHELD}'),
        ({}, "it is not given. Set COMPASS_API_TOKEN from the CI system's secret store."),
    ],
)
def test_a_missing_secret_is_explained_in_full(env: dict[str, str], told: str) -> None:
    assert given.explain_missing_secret(BY_NAME["api-token"], env) == told


SECRETS = secrets_of("s3cret-token", None)


def test_a_secret_in_another_input_is_told() -> None:
    """Where it belongs it is none of our business, and the other secret has a place of its own."""
    found = {
        "api-token": Given("s3cret-token", "COMPASS_API_TOKEN"),
        "host-token": Given("s3cret-token", "COMPASS_HOST_TOKEN"),
        "email": Given("ada@acme.example", "COMPASS_EMAIL"),
        "url": Given("https://a.example/s3cret-token", "--url"),
    }
    assert list(map(str, find_leaks(found, SECRETS))) == [
        "url: it holds the API token. Take it out: only api-token is for it."
    ]
    assert list(map(str, find_leaks(found, SECRETS, "host-token"))) == [
        "url: it holds the host's token. Take it out: only host-token is for it."
    ]


@pytest.mark.parametrize(
    ("source", "rank"),
    [
        ("--site", 0),
        ("INPUT_SITE", 1),
        ("INPUT_API-URL", 1),
        ("PLUGIN_SITE", 2),
        ("COMPASS_SITE", 3),
    ],
)
def test_sources_have_a_rank_and_what_is_doubtful_the_last(source: str, rank: int) -> None:
    assert strength(Given("x", source)) == rank
    assert strength(Given("x", source, doubtful=True)) == 4


GITHUB = Surfaces(("INPUT_",), keep_hyphens=True)
TEMPLATE, PLUGINS = Surfaces(("INPUT_",)), Surfaces(("PLUGIN_",))


@pytest.mark.parametrize(
    ("surfaces", "name", "variable", "doubtful"),
    [
        (GITHUB, "api-url", "INPUT_API-URL", False),
        (GITHUB, "api-url", "INPUT_API_URL", True),
        (GITHUB, "pipeline-id", "INPUT_PIPELINE-ID", False),
        (GITHUB, "pipeline-id", "INPUT_PIPELINE_ID", True),
        (GITHUB, "site", "INPUT_SITE", False),
        (GITHUB, "site", "PLUGIN_SITE", True),
        (GITHUB, "state", "PLUGIN_STATE", False),
        (GITHUB, "api-url", "COMPASS_API_URL", False),
        (TEMPLATE, "api-url", "INPUT_API_URL", False),
        (TEMPLATE, "api-url", "INPUT_API-URL", True),
        (TEMPLATE, "pipeline-id", "INPUT_PIPELINE-ID", False),
        (TEMPLATE, "cloud-id", "PLUGIN_CLOUD_ID", True),
        (PLUGINS, "api-url", "PLUGIN_API_URL", False),
        (PLUGINS, "email", "INPUT_EMAIL", True),
        (NO_SURFACES, "site", "INPUT_SITE", True),
        (NO_SURFACES, "api-token", "PLUGIN_API_TOKEN", True),
        (NO_SURFACES, "state", "INPUT_STATE", False),
        (NO_SURFACES, "site", "COMPASS_SITE", False),
    ],
)
def test_a_variable_that_no_surface_sets_is_doubtful(
    surfaces: Surfaces, name: str, variable: str, *, doubtful: bool
) -> None:
    """It counts where nothing else names the input, and behind everything that does."""
    row, env = BY_NAME[name], {variable: "planted"}
    found = Given("planted", variable, doubtful)
    assert given.find(row, {}, env, surfaces=surfaces) == found
    weakest = given.find(row, {}, env | {row.variable: "mine"}, surfaces=surfaces)
    assert weakest is not None
    assert (weakest.text == "mine") is (doubtful or variable == row.variable)


@pytest.mark.parametrize("text", [" null ", "", "$NAME"])
def test_what_stands_for_nothing_is_not_doubtful_but_absent(text: str) -> None:
    assert given.find(BY_NAME["site"], {}, {"INPUT_SITE": text}) is None
    assert given.find(BY_NAME["site"], {}, {}) is None
    assert given.find(BY_NAME["site"], {}, {"COMPASS_SITE": "nULL"}) == Given(
        "nULL", "COMPASS_SITE"
    )


@pytest.mark.parametrize(
    ("first", "second", "problems"),
    [("a", "b", 1), ("a", " a\n", 0), ("a", "", 0), ("", "b", 0), (" ", "b", 0)],
)
def test_only_two_values_contradict_each_other(first: str, second: str, problems: int) -> None:
    env = {"INPUT_API-URL": first, "INPUT_API_URL": second}
    assert len(list(given.find_contradictions(BY_NAME["api-url"], env))) == problems


def test_one_letter_s_difference_between_two_environments_is_no_contradiction() -> None:
    env = {"INPUT_SITE": "a", "COMPASS_SITE": "b", "PLUGIN_SITE": "c"}
    found = parse({}, env, surfaces=TEMPLATE)
    assert found == (Inputs(site="a"), {"site": Given("a", "INPUT_SITE")}, [])
    assert parse({}, env)[0].site == "b"


def read(path: str) -> str:
    """A workspace that holds one file."""
    if path == "own.yml":
        return "id: I-7"
    raise ValueError("it is not there.")


@pytest.mark.parametrize(
    ("text", "reader", "properties", "told"),
    [
        ("@own.yml", read, {"id": "I-7"}, []),
        ("@ own.yml", read, {"id": "I-7"}, []),
        ("@x.yml", read, None, ['properties: "x.yml": it is not there.']),
        ("@own.yml", given.no_files, None, ['properties: "own.yml": no file can be named here.']),
        ("id: '@own.yml'", read, {"id": "@own.yml"}, []),
    ],
)
def test_properties_may_name_a_file(
    text: str, reader: Callable[[str], str], properties: object, told: list[str]
) -> None:
    inputs, _, problems = parse({"properties": text}, {}, read_file=reader)
    assert (inputs.properties, list(map(str, problems))) == (properties, told)


def test_no_other_input_names_a_file() -> None:
    assert parse({"state": "@own.yml"}, {}, read_file=read)[0].state == "@own.yml"


@pytest.mark.parametrize(("count", "read"), [("1000", 1000), ("0999", 999), ("1001", 1000), ("9999", 1000),
                                             ("01000", 0)])  # fmt: skip
def test_a_list_in_pieces_has_a_thousand_at_most(count: str, read: int) -> None:
    env = {f"COMPASS_COMPONENT_ID_{n}": str(n) for n in range(1002)}
    found = parse({}, env | {"COMPASS_COMPONENT_ID_COUNT": count})[0].component_id
    assert len(found or ()) == read


@pytest.mark.parametrize("start", ["$", "<", "#", "%", "{"])
def test_what_only_begins_like_a_reference_is_a_text(start: str) -> None:
    assert not given.is_nothing(start)
    assert not given.is_nothing(f"{start} text")


def test_echoes_are_no_inputs_where_they_come_as_such() -> None:
    """Under the variable of every host, with the very text."""
    env = {"COMPASS_STATE": "FAILED", "PLUGIN_STATE": "", "INPUT_STATE": "$STATE"}
    assert parse({}, env, {"state": "FAILED"})[1] == {}
    assert parse({}, env, {"state": "failed"})[1] == {"state": Given("FAILED", "COMPASS_STATE")}
    assert parse({}, env, {"event-type": "FAILED"})[1] == {
        "state": Given("FAILED", "COMPASS_STATE")
    }
