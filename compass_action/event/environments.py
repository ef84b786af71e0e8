"""What an environment is: its id, and the category Compass counts it under. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from compass_action.inputs.categories import CATEGORY_OF_WORD

# GitLab's deployment tiers. `other` says nothing, so the name is looked at.
# https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments
TIERS = {
    "production": "PRODUCTION",
    "staging": "STAGING",
    "testing": "TESTING",
    "development": "DEVELOPMENT",
}

WEAK = frozenset({"internal", "model", "control", "quality", "load"})
"""Words with many other meanings: they count where no other word does."""
STRONG = frozenset(CATEGORY_OF_WORD) - WEAK
NEGATIONS = frozenset({"non", "not", "no"})
SEGMENTS = re.compile(r"[/:]|\s+[-\u2013\u2014]+\s+")


class Category(NamedTuple):
    """What an environment is counted under, and how that was found."""

    name: str
    """One of the contract's: `PRODUCTION`."""
    source: str
    """What told it: `environment-map`, `the deployment tier`, `the word "prod"`; empty: nothing."""
    disagreeing: str = ""
    """Another word of the same part of the name that says something else."""


UNMAPPED = Category("UNMAPPED", "")


def category(name: str, tier: str | None, rules: Iterable[tuple[str, str]]) -> Category:
    """Find the category: by the user's rules, by GitLab's tier, by the words of the name, or UNMAPPED."""
    for glob, wanted in rules:
        if fnmatchcase(fold(name), fold(glob)):
            return Category(wanted, "environment-map")
    told = TIERS.get((tier or "").lower())
    return Category(told, "the deployment tier") if told else category_by_words(name)


def category_by_words(name: str) -> Category:
    """Read the words of a name.

    Paths say it first (`review/prod-fix`, `Preview - live-chat`): the first segment that holds a known
    word decides. In it names say it at the end (`load-balancer-prod`) or at the beginning
    (`production-eu`): the last word if it is known, else the first known one. A weak word, in whatever
    segment, counts where no other one does: `control-plane/production`.
    """
    segments = [_words(segment) for segment in SEGMENTS.split(name)]
    for taken in (STRONG, WEAK):
        for words in segments:
            known = [word for word in words if word in taken]
            if known:
                word = known[-1] if known[-1] == words[-1] else known[0]
                found = CATEGORY_OF_WORD[word]
                others = (other for other in known if CATEGORY_OF_WORD[other] != found)
                return Category(found, f'the word "{word}"', next(others, ""))
    return UNMAPPED


def _words(segment: str) -> list[str]:
    """Split into words without numbers and single letters, as in `v2` and `slot-b`; `pre-prod` is one,
    `non-prod` says what it is not.
    """
    words: list[str] = []
    for word in re.findall(r"e2e|[a-z]{2,}", fold(_split_camel_case(segment))):
        before = words[-1] if words else ""
        if before == "pre" and CATEGORY_OF_WORD.get(word) == "PRODUCTION":
            words[-1] = "preprod"
        elif before in NEGATIONS and word in CATEGORY_OF_WORD:
            words[-1] = f"{before}-{word}"
        else:
            words.append(word)
    return words


def _split_camel_case(name: str) -> str:
    """Split `prodEU` and `EUProd` before the second word; `QA` and `PRODUCTION` stay whole."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", "-", name)


def fold(text: str) -> str:
    """Fold case and accents: `Développement` and `developpement` are the same word."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


PLAIN = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*", re.ASCII)
DIGESTED = re.compile(r"(?:.*-)?[0-9a-f]{8}", re.ASCII)


def slug(name: str) -> str:
    """Make an id of a name, such as an environment's: `production`, `eu-west-1-3fa9c1d2`.

    Names that differ in more than case never share a slug: where characters had to be replaced, a
    digest of the name is added, as GitLab does for its own slugs; and a digest is added to a name
    that looks as if it had one.
    """
    plain = name.strip().lower()  # not casefold, for which größe and grösse are the same
    if PLAIN.fullmatch(plain) and not DIGESTED.fullmatch(plain) and len(plain) <= 63:
        return plain
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    readable = re.sub(r"[^a-z0-9]+", "-", fold(plain)).strip("-")[:50].rstrip("-")
    return f"{readable}-{digest}" if readable else digest
