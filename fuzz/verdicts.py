"""Compare the verdict without jsonschema with jsonschema's own, over events mutated by chance.

    python fuzz/verdicts.py [--runs N] [--seed N]

The first event on which the two differ ends it, and is shown. At the end: the counts, and what a
verdict costs either way.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compass_action.event_types import EVENT_TYPES
from compass_action.schemas import load_schema
from compass_action.schemas.explain import build_validator
from compass_action.schemas.verdict import satisfies
from tests.schemas.mutations import mutated_events


def main() -> int:
    """Print the counts; 1 if the verdicts differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311 - no secret
    asked = parser.parse_args()
    schemas = {event_type: load_schema(event_type) for event_type in EVENT_TYPES}
    validators = {event_type: build_validator(schema) for event_type, schema in schemas.items()}
    counts: Counter[bool] = Counter()
    ours = theirs = 0.0
    sys.stdout.write(f"seed {asked.seed}\n")
    for event_type, request in islice(mutated_events(random.Random(asked.seed)), asked.runs):  # noqa: S311
        start = time.perf_counter()
        verdict = satisfies(request, schemas[event_type])
        middle = time.perf_counter()
        expected = validators[event_type].is_valid(request)
        ours, theirs = ours + middle - start, theirs + time.perf_counter() - middle
        if verdict != expected:
            shown = f"{event_type} {json.dumps(request)}"
            sys.stdout.write(f"jsonschema says {expected}, we say {verdict}: {shown}\n")
            return 1
        counts[verdict] += 1
    micro, theirs_micro = (seconds / asked.runs * 1e6 for seconds in (ours, theirs))
    sys.stdout.write(
        f"{counts[True]:,} accepted and {counts[False]:,} refused by both, 0 verdicts differ\n"
        f"a verdict takes {micro:.0f} µs without jsonschema, {theirs_micro:.0f} µs with it\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
