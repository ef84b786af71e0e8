"""Components: the ids that are given, the files to read, and what is told where neither names one."""

from __future__ import annotations

import pytest

from compass_action.errors import InputError
from compass_action.event.components import choose, wanted_files
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.workspace import ComponentFile, ComponentFiles
from tests.event.choosing import CLOUD, NO_ARI, OTHER_CLOUD, ari, refused


def test_the_ids_that_are_given_count_each_once_and_no_file_is_read() -> None:
    assert wanted_files({"component-id": Given(ari(1), "COMPASS_COMPONENT_ID")}) == ()
    files = ComponentFiles((ComponentFile("compass.yml", f"id: {ari(9)}"),))
    found = choose(Inputs(component_id=(ari(2), ari(1), ari(2))), files)
    assert found == (CLOUD, (ari(2), ari(1)), ())


def test_the_files_to_read_are_those_named_or_those_at_the_root() -> None:
    assert wanted_files({}) == ("compass.yml", "compass.yaml")
    named = Given("a.yml, services/*/compass.yml\n", "--component-file")
    assert wanted_files({"component-file": named}) == ("a.yml", "services/*/compass.yml")


def test_without_any_file_the_message_says_what_to_give() -> None:
    [message] = refused(Inputs())
    assert message.startswith("component-id: it is not given, and there is no compass.yml")


def test_the_components_of_a_begun_event_count_before_all() -> None:
    """The end of a tracked job is for the components that its beginning was for."""
    assert choose(Inputs(component_id=(ari(1),)), ComponentFiles(), (ari(5),)).ids == (ari(5),)


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
    right = Inputs(component_id=(ari(),), cloud_id=CLOUD)
    assert choose(right, ComponentFiles()).cloud_id == CLOUD
    [message] = refused(Inputs(component_id=(ari(),), cloud_id=OTHER_CLOUD))
    assert message.startswith(f"cloud-id: {OTHER_CLOUD} is not the cloud of the component")


def test_all_problems_are_told_at_once() -> None:
    files = [
        ComponentFile("a", problem="broken."),
        ComponentFile("b", "name: x"),
        ComponentFile("c", "id: x"),
    ]
    assert len(refused(Inputs(cloud_id="x"), files)) == 4


WHERE = (
    "(ari:cloud:compass:CLOUD-ID:component/UUID/UUID); Compass shows it in the menu of the component's "
    "page."
)
NOTHING_THERE = (
    "component-id: it is not given, and there is no compass.yml or compass.yaml at the root of the "
    f"workspace. Give the component's ARI {WHERE}"
)
BELOW = (
    "component-id: it is not given, and there is no compass.yml at the root of the workspace, but below "
    'it. Name the files in component-file ("a/compass.yml", "b/compass.yml"), or give the component\'s '
    f"ARI {WHERE}"
)
EMPTY = (
    "component-id: it is not given, and the workspace is empty. Add a step with checkout, or give the "
    f"component's ARI {WHERE}"
)


@pytest.mark.parametrize(
    ("files", "checkout", "told"),
    [
        (ComponentFiles(), "Add a step with checkout", NOTHING_THERE),
        (ComponentFiles((), ("a/compass.yml", "b/compass.yml")), "Add a step with checkout", BELOW),
        (ComponentFiles(workspace_is_empty=True), "Add a step with checkout", EMPTY),
        (ComponentFiles(workspace_is_empty=True), "", NOTHING_THERE),
    ],
)
def test_where_there_is_no_component_it_is_told_what_to_give(
    files: ComponentFiles, checkout: str, told: str
) -> None:
    with pytest.raises(InputError) as raised:
        choose(Inputs(), files, checkout=checkout)
    assert [str(problem) for problem in raised.value.problems] == [told]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Inputs(component_id=("x",)), [f'component-id: "x" {NO_ARI}']),
        (Inputs(component_map=(("a", "x"),)), [f'component-map: "x" {NO_ARI}']),
        (
            Inputs(component_id=(ari(),), cloud_id="x"),
            ['cloud-id: "x" is not a cloud id. Write a UUID.'],
        ),
        (
            Inputs(component_id=(ari(1), ari(2, OTHER_CLOUD))),
            [f"component-id: the components belong to different clouds: {CLOUD}, {OTHER_CLOUD}. Use one "
             "step for each site."],
        ),
        (
            Inputs(component_id=(ari(1), ari(2, OTHER_CLOUD)), cloud_id=CLOUD),
            [f"cloud-id: {CLOUD} is not the cloud of the component, which is {OTHER_CLOUD}. Leave "
             "cloud-id out, or give a component of that site."],
        ),
        (
            Inputs(component_id=("x",), cloud_id=CLOUD),
            [f'component-id: "x" {NO_ARI}'],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_components_is_told(asked: Inputs, told: list[str]) -> None:
    assert refused(asked) == told


def test_auto_reads_the_files_and_every_other_id_and_slug_and_map_reads_none() -> None:
    given = {"component-file": Given("a.yml", "--component-file")}
    assert wanted_files(given | {"component-id": Given("AUTO", "--component-id")}) == ("a.yml",)
    assert wanted_files(given | {"component-id": Given("auto,x", "--component-id")}) == ()
    for name in ("component-slug", "component-map"):
        assert wanted_files(given | {name: Given("x", f"--{name}")}) == ()


def test_the_cloud_is_the_components_own() -> None:
    found = choose(Inputs(component_id=(ari(1, OTHER_CLOUD),)), ComponentFiles())
    assert (found.cloud_id, found.notices) == (OTHER_CLOUD, ())
    assert choose(Inputs(component_map=(("a", ari(3)),)), ComponentFiles()).ids == (ari(3),)
