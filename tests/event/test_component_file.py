"""What a compass.yml says of its component, and what is told of one that says too little."""

from __future__ import annotations

import pytest

from compass_action.event import component_file
from compass_action.event.component_file import Named, find_slugs, read_file
from compass_action.workspace import ComponentFile, ComponentFiles

NO_ID = (
    "it has no id. Add the component's ARI as its top-level id (Compass shows it in the menu of the "
    "component's page), or give component-id."
)
NO_YAML = "it is not valid YAML. Fix it, or give component-id."
TOO_DEEP = "it is nested too deeply. Simplify it, or give component-id."
TWO_IDS = "it has more than one id. One file describes one component."


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("id: i\nslug: s\nname: n", Named("i", "s", "n")),
        ("id: ' i '\nname: |\n  n\n", Named("i", None, "n")),
        ("slug: s\nname: n", Named(None, "s", "n", NO_ID)),
        ("name: first\nname: second\nid: i", Named("i", None, "first")),
        ("x: {id: inner, slug: inner}\n[id]: y\nid: i", Named("i")),
        ("id: i\n---\nid: j\nslug: s", Named("i")),
        ("id: i\n...\nid: j", Named("i")),
        ("slug: [s]\nid: i", Named("i")),
        ("fields: [{id: x}]\nslug: s", Named(None, "s", None, NO_ID)),
        ("id: {a: b}\nname: n", Named(None, None, "n", NO_ID)),
        *((f"id: {nothing}", Named(problem=NO_ID)) for nothing in ("", "~", "null", "Null", "NULL")),
        ("id: nULL", Named("nULL")),
        ("- id: i", Named(problem=NO_ID)),
        ("- id\n- i", Named(problem=NO_ID)),
        ("just a text", Named(problem=NO_ID)),
        ("", Named(problem=NO_ID)),
        ("id: i\nid: j", Named(problem=TWO_IDS)),
        ("id: [", Named(problem=NO_YAML)),
        ('"\\UFFFFFFFF": 1', Named(problem=NO_YAML)),
        ("id: i\na: " + "[" * 63 + "]" * 63, Named("i")),
        ("id: i\na: " + "[" * 64 + "]" * 64, Named(problem=TOO_DEEP)),
    ],
)  # fmt: skip
def test_a_file_is_read(text: str, named: Named) -> None:
    """Of what stands at the top alone, in the first document, at most 64 levels deep."""
    assert read_file(text) == named


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("slug: shop\n", "shop"),
        ("name: x\nslug: 'shop'\n", "shop"),
        ("id: other\nslug: shop\n", None),
        ("id: ari:cloud:compass:x\nslug: shop\n", None),
        ("id: 'ari:x'\nslug: shop\n", None),
        ('id:   "ari:x"\nslug: shop\n', None),
        ("fields:\n  id: ari:x\nslug: shop\n", "shop"),
        ("slug: ~\n", None),
        ("slug: [\n", None),
        (None, None),
    ],
)
def test_a_file_with_a_slug_and_no_id_is_one_to_ask_about(
    text: str | None, slug: str | None
) -> None:
    files = ComponentFiles((ComponentFile("a.yml", text), ComponentFile("b.yml", "name: x")))
    assert find_slugs(files) == ({"a.yml": slug} if slug else {})


def test_only_files_that_may_be_ones_to_ask_about_are_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A checkout may have thousands of others."""
    parsed: list[str] = []

    def read(text: str) -> Named:
        parsed.append(text)
        return read_file(text)

    monkeypatch.setattr(component_file, "read_file", read)
    texts = ("slug: a", "id: ari:x\nslug: b", "name: c", "id: ari:x", "", None)
    files = tuple(ComponentFile(f"{n}.yml", text) for n, text in enumerate(texts))
    assert find_slugs(ComponentFiles(files)) == {"0.yml": "a"}
    assert parsed == ["slug: a"]
