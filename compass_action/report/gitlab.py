"""GitLab: a dotenv file for `artifacts:reports:dotenv`.

https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from compass_action import tracking
from compass_action.errors import reason

from . import files
from .plain import mask, render, variables
from .records import without_components
from .report import Kept, Report
from .speaker import Speaker

FILE_MAX_BYTES = 5 * 1024


def keep(kept: Kept, env: Mapping[str, str]) -> list[str]:
    """Write the record alone: the outputs come when there are some."""
    return save(Report(tracked=kept.tracked), env) if kept.tracked else []


def save(report: Report, env: Mapping[str, str]) -> list[str]:
    """Write the outputs as variables for later jobs; the file is small by GitLab's rule.

    GitLab expands `$` in such values, so that none is written as such. The echoes reach later jobs above
    those jobs' own variables, where `inputs.given.find` knows them by the record beside them. So record
    and outputs have to come from one job: each job writes all of these names, and the last one wins
    for all of them.
    """
    pairs = variables(dict.fromkeys(tracking.ECHOES, "") | dict(report.outputs))
    pairs = {name: "" if "$" in value else value for name, value in pairs.items()}
    pairs[tracking.NAME] = _record(report)
    for long in ("COMPASS_PAYLOAD", "COMPASS_COMPONENT_IDS"):
        if len(_lines(pairs).encode()) > FILE_MAX_BYTES:
            pairs.pop(long, None)
    if len(_lines(pairs).encode()) > FILE_MAX_BYTES:
        return [f"The outputs are larger than {FILE_MAX_BYTES // 1024} KiB, GitLab's limit."]
    path = Path(env.get("CI_PROJECT_DIR") or ".") / tracking.DOTENV_NAME
    try:
        files.replace(path, _lines(pairs))
    except OSError as error:
        return [f"{tracking.DOTENV_NAME} cannot be written ({reason(error)})."]
    return []


def _record(report: Report) -> str:
    """The begun event's record, or of an event that is over what later jobs recognise it by."""
    echoes = {name: report.outputs[name] for name in tracking.ECHOES if name in report.outputs}
    if report.tracked:
        return without_components(report.tracked).to_json(echoes)
    return tracking.record_of_echoes(echoes)


def _lines(pairs: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in pairs.items())


def fold(title: str, lines: Sequence[str]) -> list[str]:
    """Make a section that is closed at first.

    https://docs.gitlab.com/ci/jobs/job_logs/#create-custom-collapsible-sections
    """
    name = f"compass_event_{hashlib.sha256(title.encode()).hexdigest()[:8]}"
    begun = f"\x1b[0Ksection_start:0:{name}[collapsed=true]\r\x1b[0K{title}"
    return [begun, *lines, f"\x1b[0Ksection_end:0:{name}\r\x1b[0K"]


SPEAKER = Speaker("gitlab", mask, render, keep, save, fold, dressed=True)
