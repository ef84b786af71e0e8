"""Whether the record of a begun event may be the job's own. Pure.

The stage at a job's end goes by what the stage before it has left in a variable, and not by its own inputs,
for some of those have changed by then. A step in between can set variables, too. So the record is believed
as long as it is for a component that is named, and comes from the same source.
"""

from __future__ import annotations

from collections.abc import Iterator

from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.errors import InputError
from compass_action.inputs.table import Inputs
from compass_action.tracking import Tracked

from . import components, identity


def contradictions(record: Tracked, inputs: Inputs, run: CiRun, system: System) -> Iterator[str]:
    """Name the inputs of which the record says something else altogether than the job does now."""
    named = set(inputs.component_id or ()) - {components.AUTO}
    named |= {ari for _, ari in inputs.component_map or ()}
    if named and record.component_ids and named.isdisjoint(record.component_ids):
        yield "component-id"
    try:
        source = identity.source_id(inputs, run, system)
    except InputError:
        source = None
    if not identity.is_from(record, source, record.component_ids):
        yield "external-event-source-id"
