"""Which components of a monorepo hold a changed file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.errors import InputError, NothingToReport
from compass_action.event import changes
from compass_action.event.components import choose, wanted_files
from compass_action.inputs.given import Given
from compass_action.inputs.paths import read_owners
from compass_action.inputs.table import Inputs
from compass_action.workspace import ComponentFile, ComponentFiles

CASES = json.loads(Path(__file__).with_name("changes.json").read_text("utf-8"))
CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
CART, PAY = (
    f"ari:cloud:compass:{CLOUD}:component/30307f94-33fc-4613-b40d-651fee166c5e/"
    f"c34578a8-98c2-43e3-8b47-00000000000{n}"
    for n in (1, 2)
)
FILES = ComponentFiles(
    (
        ComponentFile("services/cart/compass.yml", f"id: {CART}", by_chance=True),
        ComponentFile("services/pay/compass.yml", f"id: {PAY}", by_chance=True),
    )
)


@pytest.mark.parametrize(("where", "changed", "held"), CASES["held"])
def test_a_change_belongs_to_the_nearest_component_upwards(
    where: str, changed: list[str], held: list[str]
) -> None:
    assert changes.holding(CASES["files"], changed) == set(held)


@pytest.mark.parametrize(("rules", "changed", "found"), CASES["owners"])
def test_of_a_map_the_first_rule_that_matches_counts(
    rules: str, changed: list[str], found: list[str]
) -> None:
    """A glob of a folder matches all that is in it."""
    assert changes.owners(read_owners(rules), changed) == tuple(found)


def test_without_a_list_of_changes_a_map_names_all_its_components() -> None:
    assert changes.owners(read_owners("a = A\nb = B\nc = A"), None) == ("A", "B")


def test_the_files_above_the_changes_are_tried_and_no_others() -> None:
    """Without a walk over the whole checkout."""
    changed = ("services/cart/a.py", "README.md")
    assert wanted_files({}, changed) == (
        "services/cart/compass.yml",
        "services/cart/compass.yaml",
        "services/compass.yml",
        "services/compass.yaml",
        "compass.yml",
        "compass.yaml",
    )
    named = {"component-file": Given("services/*/compass.yml", "--component-file")}
    assert wanted_files(named, changed) == ("services/*/compass.yml",)
    assert wanted_files({"component-map": Given("a = A", "--component-map")}, changed) == ()


def test_only_what_holds_a_change_is_chosen() -> None:
    assert choose(Inputs(changed_files=("services/pay/a.py",)), FILES).ids == (PAY,)
    both = ("services/pay/a.py", "services/cart/b.py")
    assert choose(Inputs(changed_files=both), FILES).ids == (CART, PAY)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ((), "Nothing changed: changed-files is an empty list."),
        (("README.md",), 'No component holds a changed file ("README.md").'),
        (("a", "b", "c"), 'No component holds a changed file ("a", "b", "c").'),
        (("a", "b", "c", "d"), 'No component holds a changed file ("a", "b", "c" and 1 more).'),
        (
            ("a", "b", "c", "d", "e"),
            'No component holds a changed file ("a", "b", "c" and 2 more).',
        ),
    ],
)
def test_where_nothing_changed_there_is_nothing_to_report(
    changed: tuple[str, ...], told: str
) -> None:
    with pytest.raises(NothingToReport) as raised:
        choose(Inputs(changed_files=changed), FILES)
    assert str(raised.value) == told
    owned = Inputs(changed_files=changed, component_map=(("services/cart", CART),))
    with pytest.raises(NothingToReport):
        choose(owned, ComponentFiles())


def test_a_broken_file_elsewhere_is_nobody_s_business() -> None:
    broken = ComponentFile("services/cart/compass.yml", "id: [", by_chance=True)
    files = ComponentFiles((broken, FILES.files[1]))
    assert choose(Inputs(changed_files=("services/pay/a.py",)), files).ids == (PAY,)
    with pytest.raises(InputError, match="it is not valid YAML"):
        choose(Inputs(changed_files=("services/cart/a.py",)), files)


def test_a_file_that_was_asked_for_has_to_be_there_whatever_changed() -> None:
    missing = ComponentFile("services/cart/compass.yml", problem="it is not there.")
    with pytest.raises(InputError, match="it is not there"):
        choose(Inputs(changed_files=("services/pay/a.py",)), ComponentFiles((missing,)))


def test_ids_that_are_given_are_not_narrowed() -> None:
    """The list says nothing of them, and that is told."""
    found = choose(Inputs(component_id=(CART,), changed_files=("README.md",)), FILES)
    assert found.ids == (CART,)
    assert found.notices == (
        "changed-files narrows nothing, for component-id says which components.",
    )


def test_an_ari_of_the_map_has_to_be_one() -> None:
    with pytest.raises(InputError, match='component-map: "ari:1" is not a component\'s ARI'):
        choose(Inputs(component_map=(("a", "ari:1"),)), ComponentFiles())
