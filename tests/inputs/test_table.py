"""The one list of inputs, and the record that is read from it."""

from __future__ import annotations

import pytest

from compass_action.inputs.table import BY_NAME, GROUPS, INPUTS, Inputs


def test_the_list_and_the_record_have_the_same_names_and_defaults() -> None:
    """`Inputs` has one field for each row, in order; a row's default is the field's."""
    assert tuple(row.field for row in INPUTS) == Inputs._fields
    for row in INPUTS:
        default = row.type.read(row.default) if row.default else None
        assert getattr(Inputs(), row.field) == default, row.name


def test_every_input_is_named_once_and_explained() -> None:
    assert len(BY_NAME) == len(INPUTS)
    assert [row.name for row in INPUTS if not row.help.endswith(".")] == []
    assert list(dict.fromkeys(row.group for row in INPUTS)) == list(GROUPS)


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("state", ("INPUT_STATE", "INPUT_STATE", "PLUGIN_STATE", "COMPASS_STATE")),
        (
            "component-id",
            (
                "INPUT_COMPONENT-ID",
                "INPUT_COMPONENT_ID",
                "PLUGIN_COMPONENT_ID",
                "COMPASS_COMPONENT_ID",
            ),
        ),
    ],
)
def test_an_input_has_one_spelling_rule(name: str, variables: tuple[str, ...]) -> None:
    """GitHub's runner keeps the hyphens; shells drop such names, so that wrappers write underscores.
    Drone, Woodpecker and Harness hand a plugin its settings as `PLUGIN_*`.
    """
    assert BY_NAME[name].variables == variables


def test_the_token_is_not_shown_with_the_inputs() -> None:
    shown = repr(Inputs(api_token="t0ken", state="failed"))
    assert "t0ken" not in shown
    assert "state='failed'" in shown


def test_two_inputs_are_secrets() -> None:
    assert [row.name for row in INPUTS if row.type.is_secret] == ["api-token", "host-token"]
