"""All benchmarks in one go: `python -m benchmarks`, or `make bench`.

Prints one table of ratios and writes RESULTS.md and results.svg beside this file. Needs curl; rows for
the image need Podman and the image of .ci/image.sh. Nothing but loopback is talked to.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import chart, figures, jobs, peers, results

HERE = Path(__file__).resolve().parent

GROUPS = {
    jobs.one_event: 1,
    jobs.image: 2,
    jobs.files: 3,
    jobs.many_components: 5,
    jobs.replay: 5,
}
"""What is measured, and by how much fewer rounds than one event."""


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=25, help="pairs of one event; default: 25")
    parser.add_argument("--before", type=Path, help="another checkout, measured in the same run")
    parser.add_argument(
        "--peers", type=Path, help="a folder for other reporters; installed there if it is new"
    )
    parser.add_argument("--print", action="store_true", help="only print, write nothing")
    asked = parser.parse_args()
    checkouts = {"": HERE.parent}
    if asked.before:
        checkouts[", before"] = asked.before.resolve()
    if asked.peers and not asked.peers.exists():
        peers.install(asked.peers)
    measured = []
    for group, fewer in GROUPS.items():
        if group is jobs.image and not any(figures.image_size()):
            continue
        with tempfile.TemporaryDirectory() as folder:
            rounds = max(asked.rounds // fewer, 1)
            peers_folder = asked.peers and asked.peers.resolve()
            measured.append(list(group(jobs.Plan(checkouts, rounds, Path(folder), peers_folder))))
        print(f"measured: {(group.__doc__ or '').splitlines()[0]}", file=sys.stderr)
    comparisons = [one for group in measured for one in group]
    more = [*figures.image_size(), *figures.sandbox(HERE.parent), *figures.fleet()]
    text = results.document(comparisons, more, asked.rounds)
    print(text)
    if not asked.print:
        (HERE / "RESULTS.md").write_text(text)
        (HERE / "results.svg").write_text(chart.draw(measured[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
