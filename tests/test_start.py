"""What a run costs before it has done anything: heavy modules are imported where they are used."""

from __future__ import annotations

import subprocess
import sys

from tests.sources import ROOT, read_package

PROGRAMS = ("compass_action.sandbox", "compass_action.demo")
"""They run on their own."""
HEAVY = {"requests", "jsonschema", "yaml", "argparse", "compass_action.sandbox", "http.server"}


def test_what_a_run_may_not_need_is_not_imported_at_the_start() -> None:
    source = "import sys, entrypoint; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.split())
    assert "compass_action.__main__" in imported
    assert imported & HEAVY == set()


def test_records_cost_nothing_to_import() -> None:
    """Dataclasses cost every run more than all of our own modules; NamedTuples do the same."""
    with_dataclasses = {
        name for name, (source, _) in read_package().items() if "dataclass" in source
    }
    assert {name for name in with_dataclasses if not name.startswith(PROGRAMS)} == set()
