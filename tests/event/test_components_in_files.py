"""Components that files describe: the id in each text, and which files are left out."""

from __future__ import annotations

import time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event.components import believed, choose, foreign_to
from compass_action.inputs.table import Inputs
from compass_action.workspace import ComponentFile, ComponentFiles
from tests.event.choosing import NO_ARI, ari, refused


def chosen(*texts: str) -> tuple[str, ...]:
    """The components of files with these texts."""
    files = tuple(ComponentFile(f"{n}.yml", text) for n, text in enumerate(texts))
    return choose(Inputs(), ComponentFiles(files)).ids


def problem(text: str) -> str:
    """What is told of a file with this text."""
    [message] = refused(Inputs(), [ComponentFile("compass.yml", text)])
    return message.partition(": ")[2]


def test_every_file_describes_one_component() -> None:
    """The same id twice is one event."""
    assert chosen(f"id: {ari(1)}", f"id: {ari(2)}", f"id: {ari(1)}") == (ari(1), ari(2))


def test_a_file_that_could_not_be_read_is_told_with_its_path() -> None:
    files = [ComponentFile("a.yml", problem="it is not there.")]
    assert refused(Inputs(), files) == ['component-file "a.yml": it is not there.']


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
        choose(Inputs(), ComponentFiles((FOUND,)), foreign=lambda file: "it may be a fork's")
    assert [str(problem) for problem in raised.value.problems] == [
        'component-file "a/compass.yml": it may be a fork\'s. Give component-id.'
    ]
    named = Inputs(component_id=(ari(2),))
    given = choose(named, ComponentFiles((FOUND,)), foreign=lambda file: "it may be")
    assert given.ids == (ari(2),)
    with pytest.raises(InputError, match="there is no compass"):
        choose(Inputs(), ComponentFiles(), foreign=lambda file: "it may be")


NESTED = FOUND._replace(path="pr/compass.yml", text=f"id: {ari(3)}", is_nested=True)


@pytest.mark.parametrize("by_chance", [True, False])
@pytest.mark.parametrize("text", [f"id: {ari(3)}", "slug: shop"])
def test_a_file_of_a_checkout_below_may_be_a_stranger_s_where_the_others_are_not(
    text: str, *, by_chance: bool
) -> None:
    """One that names no component and that only a glob has found harms nobody."""
    run = CiRun("github", foreign_below="it may be a fork's")
    files = ComponentFiles((FOUND, NESTED._replace(text=text, by_chance=by_chance)))
    foreign = partial(foreign_to, run)
    if by_chance and "id" not in text:
        assert choose(Inputs(), files, foreign=foreign).ids == (ari(1),)
    else:
        with pytest.raises(InputError) as raised:
            choose(Inputs(), files, foreign=foreign)
        assert [str(problem) for problem in raised.value.problems] == [
            'component-file "pr/compass.yml": it may be a fork\'s. Give component-id.'
        ]
    assert choose(Inputs(), ComponentFiles((FOUND,)), foreign=foreign).ids == (ari(1),)


@pytest.mark.parametrize(
    ("run", "left"),
    [
        (CiRun("github"), (FOUND, NESTED)),
        (CiRun("github", foreign_below="x"), (FOUND,)),
        (CiRun("github", foreign_files="x", foreign_below="x"), ()),
    ],
)
def test_files_that_are_not_believed_are_asked_about_nowhere(
    run: CiRun, left: tuple[ComponentFile, ...]
) -> None:
    assert believed(ComponentFiles((FOUND, NESTED)), run).files == left


def test_what_compass_tells_of_a_file_counts_before_what_stands_in_it() -> None:
    told = {"b/compass.yml": ari(7)}
    assert choose(Inputs(), ComponentFiles((FOUND, ODD)), ids=told).ids == (ari(1), ari(7))
    slug = ComponentFile("b/compass.yml", "slug: shop")
    assert choose(Inputs(), ComponentFiles((slug,)), ids=told).ids == (ari(7),)
    asked = ComponentFile("x.yml", "id: other")
    assert refused(Inputs(), (asked,)) == [f'component-file "x.yml": "other" {NO_ARI}']


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
