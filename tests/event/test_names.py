"""The names of components, for people, as their files give them."""

from __future__ import annotations

import pytest

from compass_action.event.names import read_names
from compass_action.workspace import ComponentFile


def names(*texts: str | None) -> dict[str, str]:
    return read_names(ComponentFile(f"{n}.yml", text) for n, text in enumerate(texts))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("id: ari:1\nname: Shop", "Shop"),
        ("name: Shop\r\nid: ari:1\r\n", "Shop"),
        ("id: 'ari:1'\nname: \"The shop\"  # ours", "The shop"),
        ("id: \"ari:1\"\nname: 'The shop'", "The shop"),
        ("id: ari:1   # the id\nname: The shop \t # ours", "The shop"),
        ("id: ari:1\nname: a\x07b", "a b"),
        ("id: ari:1\nname: " + "x" * 80, "x" * 80),
        ("id: ari:1\nname: " + "x" * 81, "x" * 79 + "…"),
        ("id: ari:1\nname: x", "x"),
        ("id: ari:1\nfields:\n  name: inner\n", None),
        ("fields:\n  id: ari:1\nname: Shop", None),
        ("name: Shop", None),
        ("id: ari:1", None),
        ("id: ari:1\nname: ''", None),
        ("id: ari:1\nname: [Shop]", None),
        ("id: ari:1\nname: |\n  Shop", None),
        ("id: ari:1\nname: *alias", None),
        ("id: ari:1\nname: 'it''s'", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_a_scalar_at_the_top(text: str | None, name: str | None) -> None:
    """On one line; in any other form it is done without."""
    assert names(text) == ({"ari:1": name} if name else {})


def test_each_file_names_its_own_component() -> None:
    assert names("id: ari:1\nname: A", "name: x", "id: ari:2\nname: B") == {
        "ari:1": "A", "ari:2": "B",
    }  # fmt: skip
