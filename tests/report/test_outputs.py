"""The outputs, against a table that a person has written: `outputs.json`."""

from __future__ import annotations

from compass_action.event.event import Event
from compass_action.report import outcomes
from compass_action.tracking import OUTPUTS
from tests.recorded import TESTS, read_json

TABLE: dict[str, str] = read_json(TESTS / "report" / "outputs.json")


def test_the_outputs_are_these_in_this_order() -> None:
    """Their texts stand on every surface; a name is a promise to workflows."""
    assert list(OUTPUTS.items()) == list(TABLE.items())


def test_several_components_have_commas_and_no_blanks_between_them() -> None:
    events = [Event("custom", "c", name, {}) for name in ("one", "two", "three")]
    assert outcomes.outputs("dry-run", events)["component-ids"] == "one,two,three"
    assert outcomes.outputs("dry-run", events[:1])["component-ids"] == "one"
