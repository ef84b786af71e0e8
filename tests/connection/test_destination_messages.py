"""What is told where a destination is not known or not safe: the whole sentences."""

from __future__ import annotations

import pytest

from compass_action.connection.destination import find_destination, find_wrong
from compass_action.errors import InputError
from compass_action.inputs.table import Inputs
from tests.connection.account import ADA

NO_SITE = (
    "site",
    "it is not given. Write the name of your Atlassian site: the acme of acme.atlassian.net.",
)
NO_EMAIL = ("email", "it is not given. Set COMPASS_EMAIL from the CI system's secret store.")
NO_TOKEN = (
    "api-token",
    "it is not given. Set COMPASS_API_TOKEN from the CI system's secret store.",
)
WITHHELD = (
    " Its secret is not defined here, is misspelt, or is withheld from this run: CI systems withhold "
    "secrets from forks, and variables from branches, environments and pipes that they are not meant "
    "for."
)
ODD_TOKEN = (
    "api-token",
    "it contains a blank, a line break or a character outside ASCII, which no Atlassian API token "
    "does. Store the token again, on its own and on one line.",
)


@pytest.mark.parametrize(
    ("asked", "env", "problems"),
    [
        (Inputs(), {}, [NO_SITE, NO_EMAIL, NO_TOKEN]),
        (
            Inputs(site="acme"),
            {"INPUT_EMAIL": "", "COMPASS_API_TOKEN": "$TOKEN"},
            [
                ("email", "INPUT_EMAIL is empty." + WITHHELD),
                ("api-token", 'COMPASS_API_TOKEN is still "$TOKEN".' + WITHHELD),
            ],
        ),
        (
            Inputs(site="a b", email=ADA, api_token="t"),
            {},
            [
                (
                    "site",
                    '"a b" is not an Atlassian site. Write acme, acme.atlassian.net or '
                    "https://acme.atlassian.net; for any other address use api-url.",
                )
            ],
        ),
        (
            Inputs(api_url="http://acme", email=ADA, api_token="t"),
            {},
            [
                (
                    "api-url",
                    '"http://acme" cannot be used. Write an https URL without user name, query or '
                    "fragment, such as https://acme.atlassian.net/gateway/api; http works for "
                    "loopback (127.0.0.1) only.",
                )
            ],
        ),
        (
            Inputs(site="acme", email="ada", api_token="t"),
            {},
            [("email", "it is not an e-mail address. Write the one of the token's account.")],
        ),
        (
            Inputs(site="acme", email="ada"),
            {},
            [
                ("email", "it is not an e-mail address. Write the one of the token's account."),
                NO_TOKEN,
            ],
        ),
        (
            Inputs(site="acme", email="made-up", api_token=ADA),
            {},
            [("email", "it is not an e-mail address, but api-token is one. Swap the two.")],
        ),
        (Inputs(site="acme", email=ADA, api_token="a b"), {}, [ODD_TOKEN]),
        (Inputs(site="acme", email=ADA, api_token="tökn"), {}, [ODD_TOKEN]),
    ],
)
def test_all_that_is_missing_or_unsafe_is_told_at_once(
    asked: Inputs, env: dict[str, str], problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(InputError) as caught:
        find_destination(asked, env)
    assert list(caught.value.problems) == problems


@pytest.mark.parametrize(
    ("asked", "given", "wheres"),
    [
        (Inputs(), (), []),
        (Inputs(site="acme", email=ADA, api_token="t"), ("site", "email", "api-token"), []),
        (Inputs(site="a b"), ("site",), ["site"]),
        (Inputs(site="a b", email="ada"), ("site", "email"), ["site", "email"]),
        (Inputs(api_url="ftp://x", api_token="a b"), ("api-url", "api-token"), ["api-url", "api-token"]),
    ],
)  # fmt: skip
def test_where_nothing_is_sent_only_what_is_wrong_is_told(
    asked: Inputs, given: tuple[str, ...], wheres: list[str]
) -> None:
    assert [problem.where for problem in find_wrong(asked, {}, given)] == wheres
