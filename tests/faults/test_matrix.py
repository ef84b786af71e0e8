"""Every cell of the fault matrix came out as it must."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Mapping

import pytest

from tests.faults.cell import COMPONENTS, TOKEN, Cell, Result
from tests.faults.expected import SECRETS, expected_outcome, expected_words
from tests.faults.matrix import CELLS, play
from tests.faults.table import make_table
from tests.github_runner import read_log

Results = Mapping[str, Result]
NAMES = [cell.name for cell in CELLS]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Of several workers the first one plays, and the others wait for what it has seen."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return play()
    kept = tmp_path_factory.getbasetemp().parent / f"matrix-{run}"
    with kept.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        played: Results = pickle.load(file) if kept.stat().st_size else play()  # noqa: S301 - our own
        if not kept.stat().st_size:
            pickle.dump(played, file)
        return played


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_a_fault_has_its_outcome_and_exit_code(cell: Cell, results: Results) -> None:
    """The output `outcome`, the exit code, the outbox and the stored events agree."""
    result = results[cell.name]
    outcome = expected_outcome(cell)
    assert result.outcome == outcome, result.said
    assert result.code == (1 if cell.on_error == "fail" and outcome != "accepted" else 0)
    accepted = {"accepted": cell.components, "partial": cell.components - 1}.get(outcome, 0)
    assert set(result.stored) <= set(COMPONENTS[: cell.components])
    assert list(result.stored.values()) == [1] * accepted
    assert result.spooled == (cell.components if outcome == "spooled" else 0)


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_a_fault_stays_within_the_budget(cell: Cell, results: Results) -> None:
    assert results[cell.name].seconds <= cell.timeout + 0.5


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_the_message_says_what_happened_and_what_to_do(cell: Cell, results: Results) -> None:
    """One annotation, at the level of `on-error`, with headline, cause, hint and whereabouts."""
    log = read_log(results[cell.name].said)
    told = [a for a in log.annotations if a.kind in ("warning", "error")]
    words = expected_words(cell.fault)
    if words is None:
        assert told == []
        return
    [annotation] = told
    assert annotation.kind == ("error" if cell.on_error == "fail" else "warning")
    assert annotation.title == words.headline
    assert cell.fault["says"] in annotation.message
    assert words.hint in annotation.message
    kept = "send it later with: compass-event replay" in annotation.message
    assert kept == (expected_outcome(cell) == "spooled")


@pytest.mark.parametrize(
    "cell", [cell for cell in CELLS if "does" in cell.fault and "tls_client" not in cell.fault],
    ids=lambda cell: cell.name,
)  # fmt: skip
def test_the_attempts_are_counted_truthfully(cell: Cell, results: Results) -> None:
    """`send-attempts` is the number of requests that came in."""
    result = results[cell.name]
    assert int(result.outputs["send-attempts"]) == result.requests


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_no_fault_lets_a_secret_out(cell: Cell, results: Results) -> None:
    """With debug on; only the masks, the first lines, hold it."""
    result = results[cell.name]
    lines = result.said.split("\n")
    while lines[0].startswith("::add-mask::"):
        del lines[0]
    written = "\n".join([*lines, *result.files.values()])
    assert SECRETS[0] == TOKEN
    assert not [form for form in SECRETS if form in written]
    assert "outbox.jsonl" in result.files or result.spooled == 0


def test_nothing_is_sent_to_where_a_redirect_points(results: Results) -> None:
    """One request, and the address does not even appear: it is foreign text."""
    for name, result in results.items():
        if "to another host" in name:
            assert result.requests == 1
            assert "evil" not in result.said


def test_the_documented_table_is_the_one_that_is_printed() -> None:
    """docs/reliability.md keeps what `python -m tests.faults.table` prints, but for its time."""
    from tests.faults.table import DOCUMENT

    text = DOCUMENT.read_text(encoding="utf-8")
    for cell in CELLS:
        assert f"| {cell.fault['name']} |" in text


def test_the_table_shows_a_cell_that_came_out_wrong(results: Results) -> None:
    """The table judges too: a result that is not the expected one is marked."""
    name = CELLS[0].name
    wrong = {**results, name: results[CELLS[8].name]}
    assert "WRONG" in make_table(wrong)
    assert "WRONG" not in make_table(results)
