"""What an environment is: its id, and the category Compass counts it under. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase

# GitLab's deployment tiers. `other` says nothing, so the name is looked at.
# https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments
TIERS = {
    "production": "PRODUCTION",
    "staging": "STAGING",
    "testing": "TESTING",
    "development": "DEVELOPMENT",
}

# The words by which people name environments, as they know them from Atlassian's own integrations.
WORDS = {
    "PRODUCTION": "production prod prd live produktion produccion producao produzione",
    "STAGING": "staging stage stg sta preprod preproduction preprd uat model",
    "TESTING": "testing test tests tst qa qc quality integration integ intg int sit acceptance "
    "accept acpt acc control ci e2e perf load",
    "DEVELOPMENT": "development dev develop trunk review preview sandbox local playground "
    "ephemeral feature developpement entwicklung desarrollo desenvolvimento sviluppo",
}  # fmt: skip
CATEGORY_OF_WORD = {word: category for category, names in WORDS.items() for word in names.split()}
NEGATIONS = frozenset({"non", "not", "no"})


def category(name: str, tier: str | None, rules: Iterable[tuple[str, str]]) -> str:
    """Find the category: by the user's rules, by GitLab's tier, by the words of the name, or UNMAPPED."""
    for glob, wanted in rules:
        if fnmatchcase(fold(name), fold(glob)):
            return wanted
    return TIERS.get((tier or "").lower()) or _category_by_words(name)


def _category_by_words(name: str) -> str:
    """The first known word decides: `review/prod-fix` is a review app, not production."""
    parts = re.findall(r"e2e|[a-z]+|\d+", fold(_split_camel_case(name)))
    previous = ""
    for part in parts:
        known = CATEGORY_OF_WORD.get(part)
        if previous in NEGATIONS and known:
            return "UNMAPPED"  # non-prod says what it is not
        if previous == "pre" and known == "PRODUCTION":
            return "STAGING"
        if known:
            return known
        previous = part
    return "UNMAPPED"


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
