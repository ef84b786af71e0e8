"""What a wrong input is told, sentence by sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action.commands import help as pages
from compass_action.inputs import values
from compass_action.inputs.table import BY_NAME
from tests.recorded import TESTS

KEPT = sorted((TESTS / "commands" / "help").glob("*.txt"))
NO_MAPPING = (
    "it is not a mapping. Write YAML lines such as `id: INC-7`, or a JSON object; anchors, aliases, tags "
    "and more than 8 levels are not read."
)
NO_RULE = (
    '"{}" is not a rule. Write one `glob=CATEGORY` on each line, such as `eu-live-*=PRODUCTION`.{}'
)
NO_TIME = (
    '"{}" is not a point in time. Write a date-time with its offset, such as 2026-01-31T01:23:45Z, or '
    "seconds since 1970."
)
NO_ADDRESS = (
    '"{}" is not a web address. Write a whole http or https URL, without user name, password or '
    "blanks."
)
NO_INTEGER = '"{}" is not a whole number from 0 to 9223372036854775807.'
NO_SECONDS = '"{}" is not a number of seconds. Write a whole number from 1 to 3600.'
NO_COMMIT = '"{}" is not a commit. Write its hash, 7 to 64 hex digits.'
NO_SLUG = '"{}" is not a slug. Write letters, digits and hyphens, such as shop-web.'
NO_OWNER = (
    '"{}" is not a rule. Write one `path glob = ARI` on each line, such as '
    "`services/cart = ari:cloud:compass:…`."
)
NO_LIST = "it begins like a JSON list and is no list of texts."
NO_PATH = '"{}" is no path from the root of the repository.'


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.stem)
def test_the_help_shows_inputs_and_commands_in_these_words(kept: Path) -> None:
    """The pages are kept in `commands/help`."""
    topic = "" if kept.stem == "compass-event" else kept.stem
    assert pages.page(topic).split() == kept.read_text("utf-8").split()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("track", "perhaps", '"perhaps" is neither true nor false. Write true or false.'),
        ("sequence-number", "-1", NO_INTEGER.format("-1")),
        ("timeout", "soon", NO_SECONDS.format("soon")),
        ("timeout", "3601", NO_SECONDS.format("3601")),
        ("started-at", "now", NO_TIME.format("now")),
        ("started-at", "2026-02-30T00:00:00Z", NO_TIME.format("2026-02-30T00:00:00Z")),
        ("url", "acme", NO_ADDRESS.format("acme")),
        ("url", "ftp://acme.example", NO_ADDRESS.format("ftp://acme.example")),
        ("commit", "main", NO_COMMIT.format("main")),
        ("component-slug", "a b", NO_SLUG.format("a b")),
        ("component-slug", "a\nb/", NO_SLUG.format("b/")),
        ("environment-map", "a=STAGNG", NO_RULE.format("a=STAGNG", " Did you mean staging?")),
        ("environment-map", "a=qqqq", NO_RULE.format("a=qqqq", "")),
        ("environment-map", "a=nonprod", NO_RULE.format("a=nonprod", "")),
        ("environment-map", "=PRODUCTION", NO_RULE.format("=PRODUCTION", "")),
        ("environment-map", "prodution", NO_RULE.format("prodution", "")),
        ("component-map", "services/cart", NO_OWNER.format("services/cart")),
        ("component-map", "a=b\n./ = c", NO_OWNER.format("./ = c")),
        ("component-map", ".=c", NO_OWNER.format(".=c")),
        ("changed-files", "[", NO_LIST),
        ("changed-files", "[7]", NO_LIST),
        ("changed-files", '{"a": 1}\n/a', NO_PATH.format("/a")),
        ("properties", "x", NO_MAPPING),
        ("properties", "x" * 65_537, "it is longer than 65536 characters."),
        ("scope", "qqqq", '"qqqq" is not known. Use one of: job, run.'),
        ("on-error", "wanr", '"wanr" is not known. Did you mean warn?'),
        ("event-type", "qqqq",
         '"qqqq" is not known. Use one of: deployment, build, incident, flag … '
         "(compass-event help inputs has them all)."),
        ("environment-category", "non-production",
         '"non-production" is not known. Use one of: production, staging, testing, development … '
         "(compass-event help inputs has them all)."),
        ("environment-category", "qqqq",
         '"qqqq" is not known. Use one of: production, staging, testing, development … '
         "(compass-event help inputs has them all)."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_so(name: str, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as raised:
        BY_NAME[name].type.read(text)
    assert str(raised.value) == told


def test_a_score_is_told_so() -> None:
    with pytest.raises(ValueError, match=r"^\"high\" is not a number\.$"):
        values.read_score("high")
