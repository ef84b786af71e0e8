"""Components: the ids that are given, or those in the text of compass.yml files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action import snapshot
from compass_action.components import choose
from compass_action.inputs import Inputs
from compass_action.snapshot import ComponentFile
from tests.components import CLOUD, OTHER_CLOUD, ari, chosen, problem, refused, write


def test_the_ids_that_are_given_count_and_no_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "compass.yml", f"id: {ari(9)}")
    env = {"GITHUB_WORKSPACE": str(tmp_path), "COMPASS_COMPONENT_ID": ari(1)}
    assert snapshot.read({}, env).component_files == ()
    found = choose(Inputs(component_id=(ari(2), ari(1), ari(2))), ())
    assert found == (CLOUD, (ari(2), ari(1)))


def test_the_components_of_a_begun_event_count_before_all() -> None:
    """The end of a tracked job is for the components that its beginning was for."""
    assert choose(Inputs(component_id=(ari(1),)), (), (ari(5),)).ids == (ari(5),)


@pytest.mark.parametrize(
    "text",
    [
        "id: {ari}",
        "'id': \"{ari}\"",
        "id: !!str {ari}",
        "id: !!python/name:os.system {ari}",
        "id: |\n  {ari}\n",
        "---\nid: {ari}\n---\nid: other\n",
        '{{"id": "{ari}", "name": null}}',
        "fields: {{id: inner}}\nid: {ari}\nlinks: [{{id: x}}]",
        "fields: &f\n  id: inner\nid: {ari}\nmore: *f",
        "on: 0123\nid: {ari}",
    ],
)
def test_the_top_level_id_is_read(text: str) -> None:
    """Whatever else is in the file; tags are not obeyed, aliases not followed."""
    assert chosen(ComponentFile("compass.yml", text.format(ari=ari()))) == (ari(),)


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "name: shop", "id:", "id: null", "id: ~", 'id: ""', "id: [a]", "id: {a: b}", "id: *a",
     "- id: a", "text", "fields:\n  id: inner", "base: &b {id: x}\n<<: *b"],
)  # fmt: skip
def test_a_file_without_an_id_says_how_to_add_it(text: str) -> None:
    """Atlassian makes the id optional."""
    assert problem(ComponentFile("compass.yml", text)).startswith(
        "it has no id. Add the component's ARI"
    )


@pytest.mark.parametrize(
    "text",
    ["id: [", "id: 'x", "\tid: x", "id: x\n y: z", "id: \x00", "id: a: b", '"\\UFFFFFFFF": 1'],
)
def test_a_file_that_is_no_yaml_is_told(text: str) -> None:
    assert problem(ComponentFile("compass.yml", text)).startswith("it is not valid YAML.")


def test_an_id_given_twice_is_told() -> None:
    text = f"id: {ari(1)}\nname: x\nid: {ari(2)}"
    assert problem(ComponentFile("compass.yml", text)).startswith("it has more than one id.")


LAUGHS = "a: &a [x]\n" + "".join(
    f"{chr(i + 1)}: &{chr(i + 1)} [{','.join([f'*{chr(i)}'] * 9)}]\n" for i in range(97, 116)
)


@pytest.mark.parametrize(
    "text", [LAUGHS, "[" * 100_000, "{" * 100_000, "- " * 50_000, "a: [" * 30_000]
)
def test_a_file_costs_no_more_than_its_size(text: str) -> None:
    """The billion laughs, and nesting as deep as the size allows."""
    began = time.perf_counter()
    assert problem(ComponentFile("compass.yml", text)).startswith(("it has no id", "it is nested"))
    assert time.perf_counter() - began < 2


@given(st.text(alphabet="id: {}[]&*!|>'\"-?\n\t\\Ux0", max_size=30))
def test_no_file_is_too_odd(text: str) -> None:
    """An id, or a sentence."""
    assert refused(Inputs(), [ComponentFile("compass.yml", text)])


@pytest.mark.parametrize(
    "wrong",
    ["c34578a8-98c2-43e3-8b47-ee9b4fe598e4", ari().upper(), ari() + "/x", "x" + ari(),
     ari().replace("compass:", "jira:"), ari().replace("component/", "component:"), ari() + "\u0661"],
)  # fmt: skip
def test_what_is_no_ari_is_told_with_its_place(wrong: str) -> None:
    [message] = refused(Inputs(component_id=(ari(1), wrong)))
    assert message.startswith("component-id: ")
    assert "is not a component's ARI. Write ari:cloud:compass:" in message
    [message] = refused(Inputs(), [ComponentFile("a/compass.yml", f"id: '{wrong}'")])
    assert message.startswith('component-file "a/compass.yml": ')


def test_components_of_two_clouds_need_two_runs() -> None:
    [message] = refused(Inputs(component_id=(ari(1), ari(2, OTHER_CLOUD))))
    assert message.startswith("component-id: the components belong to different clouds: ")
    assert CLOUD in message
    assert OTHER_CLOUD in message


def test_a_cloud_id_has_to_be_the_component_s() -> None:
    asked = Inputs(component_id=(ari(),), cloud_id=CLOUD)
    assert choose(asked, ()).cloud_id == CLOUD
    [message] = refused(Inputs(component_id=(ari(),), cloud_id=OTHER_CLOUD))
    assert message.startswith(f"cloud-id: {OTHER_CLOUD} is not the cloud of the component")


def test_all_problems_are_told_at_once() -> None:
    files = [
        ComponentFile("a", problem="broken."),
        ComponentFile("b", "name: x"),
        ComponentFile("c", "id: x"),
    ]
    assert len(refused(Inputs(cloud_id="x"), files)) == 4
