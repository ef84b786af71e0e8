"""The categories of environments, and the words by which people name environments. Pure."""

from __future__ import annotations

CATEGORIES = {
    "production": "PRODUCTION", "staging": "STAGING", "testing": "TESTING",
    "development": "DEVELOPMENT", "unmapped": "UNMAPPED",
    "prod": "PRODUCTION", "stage": "STAGING", "test": "TESTING", "dev": "DEVELOPMENT",
}  # fmt: skip
"""The categories, as the contract has them, by the words that are offered for them."""

# Those of Atlassian's own GitHub app, and some more.
WORDS = {
    "PRODUCTION": "production prod prd live produktion produccion producao produzione",
    "STAGING": "staging stage stg sta preprod preproduction preprd model internal",
    "TESTING": "testing test tests tst qa qc uat sit quality control integration integ intg int "
    "acceptance accept acpt acc e2e ci perf load",
    "DEVELOPMENT": "development dev develop trunk review preview sandbox local playground "
    "ephemeral feature developpement entwicklung desarrollo desenvolvimento sviluppo",
}
CATEGORY_OF_WORD = {word: category for category, names in WORDS.items() for word in names.split()}
"""The words by which people name environments; they are taken for a category as well."""
