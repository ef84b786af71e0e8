"""The stages of jobs on GitHub in containers of the built image, with files that belong to the
runner's user, and every expression put to GitHub's own evaluator. Fixtures, taken by name.

    .ci/image.sh && (cd .ci/github-expressions && npm ci && npm run build)
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.github_runner import Evaluate, Execute, as_container, node_evaluator
from tests.image.engine import ENGINE, IMAGE, ROOT

EVALUATOR = ROOT / ".ci" / "github-expressions" / "dist" / "evaluate.cjs"


@pytest.fixture
def execute() -> Execute:
    return as_container(IMAGE, engine=ENGINE)


@pytest.fixture
def owner() -> int:
    """The uid of the hosted runners' user."""
    return 1001


@pytest.fixture(scope="session")
def evaluator() -> Iterator[Evaluate]:
    assert EVALUATOR.is_file(), "run npm ci && npm run build in .ci/github-expressions first"
    with node_evaluator(["node", str(EVALUATOR)]) as evaluate:
        yield evaluate
