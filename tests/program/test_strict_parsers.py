"""The judges of what the program has written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.hosts import Written
from tests.strict_parsers import judge, judge_dotenv, judge_summary


def test_the_judges_can_find_fault() -> None:
    """Each of them refuses what it is there for."""
    good = "\n| Component | Event | Result |\n| --- | --- | --- |\n"
    good += "| `a` | build [`x`](https://a/) | accepted |\n"
    judge_summary(good)
    for bad in (
        "| `a` | b | c | d |\n",
        "| <b> | b | c |\n",
        "| [x](https://e) | b | c |\n",
        "x\n",
    ):
        with pytest.raises(AssertionError):
            judge_summary(good + bad)
    judge_dotenv("COMPASS_STATE=x y\n")
    for line in ("COMPASS_STATE= x", "PATH=x", "COMPASS_STATE", "COMPASS_STATE=a\u2028b"):
        with pytest.raises(AssertionError):
            judge_dotenv(line + "\n")
    written = Written(0, "", "", {})
    for said in (
        "::error::x\n::set-output name=a::b\n",
        "##[error]x\n",
        "::error file=x::y\n",
        "\x1b[1m\n",
    ):
        with pytest.raises(AssertionError):
            judge(replace(written, stdout=said), "github")
