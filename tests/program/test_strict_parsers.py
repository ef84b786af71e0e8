"""The judges of what the program has written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.hosts import Written
from tests.strict_parsers import judge, judge_dotenv, judge_summary


def test_the_judges_can_find_fault() -> None:
    """Each of them refuses what it is there for."""
    good = "\n### Compass: build [`x`](https://a/)\n\n"
    good += (
        "| Component | State | Environment | Took | Compass |\n| --- | --- | --- | --- | --- |\n"
    )
    good += "| [`a`](https://a/) | ✅ `SUCCESSFUL` | `qa` | 2 s | ⚠️ lost |\n"
    reasons = "\n- [`a`](https://a/), `b` and 2 more: `no`. Try again, or not.\n"
    judge_summary(good)
    judge_summary(good + reasons)
    for bad in ("- <b>: `no`\n", "- [x](https://e)\n", "`a`: no\n", "| `a` | b | c | d | e |\n"):
        with pytest.raises(AssertionError):
            judge_summary(good + reasons + bad)
    for bad in (
        "| `a` | b | c | d |\n",
        "| <b> | b | c | d | e |\n",
        "| [x](https://e) | b | c | d | e |\n",
        "| *a* | b | c | d | e |\n",
        "x\n",
    ):
        with pytest.raises(AssertionError):
            judge_summary(good + bad)
    for heading in ("### Compass: build <b>", "### Compass: [x](https://e)", "## x"):
        with pytest.raises(AssertionError):
            judge_summary(good.replace("### Compass: build [`x`](https://a/)", heading))
    problems = "\n### ❌ Compass: Some inputs are missing or wrong\n\n- `state: no`\n- and 3 more\n"
    judge_summary(problems)
    for bad in ("- state: no\n", "- `a`b`\n", "and 3 more\n"):
        with pytest.raises(AssertionError):
            judge_summary(problems + bad)
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
