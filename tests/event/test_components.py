"""Components: the ids that are given, or those in the text of compass.yml files."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.errors import InputError
from compass_action.event.components import choose, wanted_files
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.workspace import ComponentFile, ComponentFiles

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
OTHER_CLOUD = "83673fa7-fd28-4f4a-9738-f584064570a7"


def ari(last: int = 1, cloud: str = CLOUD) -> str:
    site = "30307f94-33fc-4613-b40d-651fee166c5e"
    return f"ari:cloud:compass:{cloud}:component/{site}/c34578a8-98c2-43e3-8b47-{last:012x}"


def chosen(*texts: str) -> tuple[str, ...]:
    """The components of files with these texts."""
    files = tuple(ComponentFile(f"{n}.yml", text) for n, text in enumerate(texts))
    return choose(Inputs(), ComponentFiles(files)).ids


def refused(inputs: Inputs, files: Sequence[ComponentFile] = ()) -> list[str]:
    """The problems that are told."""
    with pytest.raises(InputError) as raised:
        choose(inputs, ComponentFiles(tuple(files)))
    return [str(problem) for problem in raised.value.problems]


def problem(text: str) -> str:
    """What is told of a file with this text."""
    [message] = refused(Inputs(), [ComponentFile("compass.yml", text)])
    return message.partition(": ")[2]


def test_the_ids_that_are_given_count_each_once_and_no_file_is_read() -> None:
    assert wanted_files({"component-id": Given(ari(1), "COMPASS_COMPONENT_ID")}) == ()
    files = ComponentFiles((ComponentFile("compass.yml", f"id: {ari(9)}"),))
    found = choose(Inputs(component_id=(ari(2), ari(1), ari(2))), files)
    assert found == (CLOUD, (ari(2), ari(1)), ())


def test_the_files_to_read_are_those_named_or_those_at_the_root() -> None:
    assert wanted_files({}) == ("compass.yml", "compass.yaml")
    named = Given("a.yml, services/*/compass.yml\n", "--component-file")
    assert wanted_files({"component-file": named}) == ("a.yml", "services/*/compass.yml")


def test_every_file_describes_one_component() -> None:
    """The same id twice is one event."""
    assert chosen(f"id: {ari(1)}", f"id: {ari(2)}", f"id: {ari(1)}") == (ari(1), ari(2))


def test_without_any_file_the_message_says_what_to_give() -> None:
    [message] = refused(Inputs())
    assert message.startswith("component-id: it is not given, and there is no compass.yml")


def test_a_file_that_could_not_be_read_is_told_with_its_path() -> None:
    files = [ComponentFile("a.yml", problem="it is not there.")]
    assert refused(Inputs(), files) == ['component-file "a.yml": it is not there.']


def test_the_components_of_a_begun_event_count_before_all() -> None:
    """The end of a tracked job is for the components that its beginning was for."""
    assert choose(Inputs(component_id=(ari(1),)), ComponentFiles(), (ari(5),)).ids == (ari(5),)


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
    assert chosen(text.format(ari=ari())) == (ari(),)


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "name: shop", "id:", "id: null", "id: ~", 'id: ""', "id: [a]", "id: {a: b}", "id: *a",
     "- id: a", "text", "fields:\n  id: inner", "base: &b {id: x}\n<<: *b"],
)  # fmt: skip
def test_a_file_without_an_id_says_how_to_add_it(text: str) -> None:
    """Atlassian makes the id optional."""
    assert problem(text).startswith("it has no id. Add the component's ARI")


@pytest.mark.parametrize(
    "text",
    ["id: [", "id: 'x", "\tid: x", "id: x\n y: z", "id: \x00", "id: a: b", '"\\UFFFFFFFF": 1'],
)
def test_a_file_that_is_no_yaml_is_told(text: str) -> None:
    assert problem(text).startswith("it is not valid YAML.")


def test_an_id_given_twice_is_told() -> None:
    text = f"id: {ari(1)}\nname: x\nid: {ari(2)}"
    assert problem(text).startswith("it has more than one id.")


LAUGHS = "a: &a [x]\n" + "".join(
    f"{chr(i + 1)}: &{chr(i + 1)} [{','.join([f'*{chr(i)}'] * 9)}]\n" for i in range(97, 116)
)


@pytest.mark.parametrize(
    "text", [LAUGHS, "[" * 100_000, "{" * 100_000, "- " * 50_000, "a: [" * 30_000]
)
def test_a_file_costs_no_more_than_its_size(text: str) -> None:
    """The billion laughs, and nesting as deep as the size allows."""
    began = time.perf_counter()
    assert problem(text).startswith(("it has no id", "it is nested"))
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


NO_ARI = "is not a component's ARI. Write ari:cloud:compass:CLOUD-ID:component/UUID/UUID."
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


FOUND = ComponentFile("a/compass.yml", f"id: {ari(1)}", by_chance=True)
ODD = ComponentFile("b/compass.yml", "id: other", by_chance=True)
UNREAD = ComponentFile("c/compass.yml", problem="it is not valid UTF-8.", by_chance=True)
TEXTS = {
    ODD: 'component-file "b/compass.yml": its id is not a component\'s ARI.',
    UNREAD: 'component-file "c/compass.yml": it is not valid UTF-8.',
}


def test_what_a_glob_matches_and_is_no_component_s_file_is_left_out_and_told() -> None:
    found = choose(Inputs(), ComponentFiles((FOUND, ODD, UNREAD)))
    assert found.ids == (ari(1),)
    assert found.notices == (
        'component-file "b/compass.yml" is left out: its id is not a component\'s ARI.',
        'component-file "c/compass.yml" is left out: it is not valid UTF-8.',
    )
    assert refused(Inputs(), (ODD, UNREAD)) == [TEXTS[ODD], TEXTS[UNREAD]]


@pytest.mark.parametrize("name", ["compass.yml", "compass.yaml"])
def test_a_default_file_of_another_tool_is_left_out_silently(name: str) -> None:
    """It was tried, not asked for; where nothing else is found, or something else is wrong, it is told."""
    other = ODD._replace(path=name)
    assert choose(Inputs(), ComponentFiles((FOUND, other))).notices == ()
    told = TEXTS[ODD].replace("b/compass.yml", name)
    assert refused(Inputs(), (other,)) == [told]
    asked = ComponentFile("x.yml", problem="it is not there.")
    assert refused(Inputs(), (other, asked)) == ['component-file "x.yml": it is not there.', told]
    assert refused(Inputs(), (FOUND, other, asked)) == ['component-file "x.yml": it is not there.']


def test_the_files_of_a_checkout_that_may_be_a_stranger_s_are_not_believed() -> None:
    """What is given is."""
    with pytest.raises(InputError) as raised:
        choose(Inputs(), ComponentFiles((FOUND,)), foreign="it may be a fork's")
    assert [str(problem) for problem in raised.value.problems] == [
        'component-file "a/compass.yml": it may be a fork\'s.'
    ]
    given = choose(Inputs(component_id=(ari(2),)), ComponentFiles((FOUND,)), foreign="it may be")
    assert given.ids == (ari(2),)
    with pytest.raises(InputError, match="there is no compass"):
        choose(Inputs(), ComponentFiles(), foreign="it may be")


def test_what_compass_tells_of_a_file_counts_before_what_stands_in_it() -> None:
    told = {"b/compass.yml": ari(7)}
    assert choose(Inputs(), ComponentFiles((FOUND, ODD)), ids=told).ids == (ari(1), ari(7))
    slug = ComponentFile("b/compass.yml", "slug: shop")
    assert choose(Inputs(), ComponentFiles((slug,)), ids=told).ids == (ari(7),)
    asked = ComponentFile("x.yml", "id: other")
    assert refused(Inputs(), (asked,)) == [f'component-file "x.yml": "other" {NO_ARI}']


def test_the_cloud_is_the_components_own() -> None:
    found = choose(Inputs(component_id=(ari(1, OTHER_CLOUD),)), ComponentFiles())
    assert (found.cloud_id, found.notices) == (OTHER_CLOUD, ())
    assert choose(Inputs(component_map=(("a", ari(3)),)), ComponentFiles()).ids == (ari(3),)


def test_a_change_that_no_file_s_component_holds_leaves_what_was_asked_for() -> None:
    """A glob's file that could not be read is nobody's business, if it holds no change."""
    unread = UNREAD._replace(by_chance=False)
    touched = Inputs(changed_files=("a/x.py",))
    assert refused(touched, (FOUND, unread)) == [TEXTS[UNREAD]]
    assert choose(touched, ComponentFiles((FOUND, UNREAD))).notices == ()
    assert refused(Inputs(changed_files=("b/x.py",)), (FOUND, ODD)) == [TEXTS[ODD]]
    both = choose(Inputs(changed_files=("a/x.py", "b/x.py")), ComponentFiles((FOUND, ODD)))
    assert both.notices == (
        'component-file "b/compass.yml" is left out: its id is not a component\'s ARI.',
    )
