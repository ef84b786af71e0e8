"""The simulated GitHub runner: which manifests load, and what their expressions mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.github_runner import ExpressionError, ManifestError, load_manifest
from tests.github_runner.expressions import evaluate, expand, is_met

HERE = Path(__file__).parent
EXPRESSIONS = json.loads((HERE / "expressions.json").read_text(encoding="utf-8"))
RUNS = "runs: {using: docker, image: Dockerfile}"


def test_the_fixture_loads() -> None:
    """Every declared input has a default, be it empty; both conditions default to always()."""
    manifest = load_manifest(HERE / "fixture")
    assert manifest.defaults["component-id"] == ""
    assert manifest.defaults["state"] == "${{ job.status }}"
    assert (manifest.pre, manifest.post, manifest.entrypoint) == (None, "/after", None)
    assert (manifest.pre_if, manifest.post_if) == ("always()", "always()")


@pytest.mark.parametrize(
    "manifest",
    [
        "name: x",
        "description: '${{ github.sha }}'\n" + RUNS,
        "inputs: {a: {description: 'for ${{ x }}'}}\n" + RUNS,
        "inputs: {a: {}, A: {}}\n" + RUNS,
        "runs: {using: node20, main: x.js}",
        "runs: {using: docker, image: python:3.13}",
        "runs: {using: docker, image: Dockerfile, post: x}",
        "runs: {using: docker, image: Dockerfile, args: --help}",
        "runs: [",
    ],
)
def test_a_manifest_that_does_not_load_fails_the_job(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "action.yml").write_text(manifest, encoding="utf-8")
    with pytest.raises(ManifestError):
        load_manifest(tmp_path)


@pytest.mark.parametrize("case", EXPRESSIONS["cases"], ids=lambda case: case["expression"])
def test_expressions_mean_what_they_mean_to_github(case: dict[str, object]) -> None:
    """.ci/run puts the same cases to GitHub's own evaluator."""
    if "error" in case:
        with pytest.raises(ExpressionError) as caught:
            evaluate(str(case["expression"]), EXPRESSIONS["contexts"])
        assert str(case["error"]) in str(caught.value)
    else:
        assert evaluate(str(case["expression"]), EXPRESSIONS["contexts"]) == case["value"]


def test_an_object_is_not_text() -> None:
    with pytest.raises(ExpressionError, match="toJSON"):
        expand("${{ matrix }}", EXPRESSIONS["contexts"])


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("always()", True),
        ("failure()", True),
        ("${{ !cancelled() }}", True),
        ("success()", False),
        ("strategy.fail-fast", False),
    ],
)
def test_a_condition_without_a_status_function_asks_for_success_too(
    condition: str, met: bool
) -> None:
    """The job of expressions.json has failed."""
    assert is_met(condition, EXPRESSIONS["contexts"]) is met
