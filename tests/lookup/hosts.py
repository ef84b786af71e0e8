"""How a host's own API is asked: with a token, at the address that the run names."""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.ci.run import CiRun
from compass_action.connection.budget import Budget
from compass_action.lookup.asking import Failed, asker
from compass_action.lookup.whom import Tell, ToldRun, Whom
from compass_action.text import secrets_of

TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"


def tell(what: Tell, env: Mapping[str, str], run: CiRun, seconds: float = 3.0) -> ToldRun | Failed:
    """Ask a host something."""
    whom = Whom(env, TOKEN, secrets_of(TOKEN, None))
    return what(asker(Budget(10), seconds), whom, run)
