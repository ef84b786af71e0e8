"""A made-up account, and the inputs that say where its token goes."""

from __future__ import annotations

from compass_action.inputs.table import Inputs

ADA = "ada@acme.example"


def inputs(
    name: str,
    value: str,
    email: str = ADA,
    token: str = "t",  # noqa: S107 - made up
) -> Inputs:
    if name == "site":
        return Inputs(email=email, api_token=token, site=value)
    return Inputs(email=email, api_token=token, api_url=value)
