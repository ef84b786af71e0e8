"""What the README and docs/gitlab.md show of GitLab is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import ROOT, states
from tests.surfaces.documents import section, snippets

WHOLE = snippets(ROOT / "README.md", "yaml")["GitLab CI"]
GITLAB = ROOT / "docs" / "gitlab.md"
[DEPLOYMENT] = re.findall(r"(?ms)^```yaml\n(.+?)^```$", section(GITLAB, "A deployment"))
TESTS = "test:\n  stage: test\n  script:\n    - ./test.sh\n"


@pytest.mark.parametrize(
    ("snippet", "kind", "expected"),
    [
        (WHOLE + TESTS, "build", ["created IN_PROGRESS", "overwritten SUCCESSFUL"]),
        (DEPLOYMENT, "deployment", ["created SUCCESSFUL"]),
    ],
    ids=["whole", "deployment"],
)
def test_a_snippet_reports(
    pipeline: Pipeline,
    sandbox: Sandbox,
    tmp_path: Path,
    snippet: str,
    kind: str,
    expected: list[str],
) -> None:
    """But for the address of the template, and of Compass."""
    file = tmp_path / "snippet.yml"
    file.write_text(snippet)
    done = pipeline(file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stdout
    [event] = sandbox.feed()["events"]
    assert (event["type"], states(event)) == (kind, expected)
