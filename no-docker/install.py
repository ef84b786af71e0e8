"""Install the pinned libraries into an environment of their own, once for each job.

    python -I install.py REQUIREMENTS FOLDER SECONDS

Makes an environment in FOLDER, which the runner empties when the job ends, and prints the path of its
Python. What an earlier use of the same job has made is used again. Ends with 1 and a sentence where
nothing usable can be made within SECONDS. Everything else that is said goes to the standard error.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

# Of pip's settings these alone count: where packages come from, and how the network is reached. A
# setting of another kind (target, prefix, user, dry-run …), made for the job's own use of pip, would
# put the libraries somewhere else, or nowhere. https://pip.pypa.io/en/stable/topics/configuration/
KEPT = frozenset(
    (
        *("index-url", "pypi-url", "extra-index-url", "no-index", "find-links", "trusted-host"),
        *("cert", "client-cert", "proxy", "keyring-provider", "use-feature", "use-deprecated"),
        *("retries", "timeout", "default-timeout", "cache-dir", "no-cache-dir"),
    )
)
SETTING = re.compile(r"(?P<section>global|install)\.(?P<name>[a-z-]+)=(?P<value>['\"].*)")

# A library that was installed and cannot be loaded (a folder without exec, a broken wheel) is found
# out here, where it is a warning, and not in the middle of a report.
IMPORT_ALL = """
import importlib, importlib.metadata, sys
for module, distributions in importlib.metadata.packages_distributions().items():
    if module.isidentifier() and not {"pip", "setuptools"} & set(distributions):
        try:
            importlib.import_module(module)
        except Exception as error:
            sys.exit(f"{module} was installed and cannot be imported: {error}")
"""


def main(requirements: Path, folder: Path, seconds: float) -> None:
    """Find or make the environment and print its Python."""
    # Another set of libraries, or another Python, is another environment.
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    home = folder / f"compass-event-{wanted[:16]}"
    complete, given_up = home / "complete", folder / f"{home.name}-given-up"
    if not (complete.exists() and (python := _find_python(home))):
        if given_up.exists():  # what took too long once would hold the job up again
            _fail("An earlier step of this job has tried in vain, and it was not tried again.")
        deadline = time.monotonic() + seconds
        try:
            python = _install(requirements, home, deadline)
        except subprocess.TimeoutExpired:
            given_up.touch()
            _fail(f"It took longer than {seconds:g} seconds and was stopped.")
        complete.touch()
    sys.stdout.write(f"{python.as_posix()}\n")


def _install(requirements: Path, home: Path, deadline: float) -> Path:
    """Make the environment anew: an earlier attempt may have left half of one."""
    plain = {
        name: value for name, value in os.environ.items() if not name.upper().startswith("PIP_")
    }
    _run([sys.executable, "-I", "-m", "venv", "--clear", str(home)], plain, deadline)
    python = _find_python(home)
    if not python:
        _fail("The environment that Python has made holds no Python.")
    pip = [str(python), "-I", "-m", "pip"]
    settings = dict(_read_settings(pip, plain, deadline))
    command = [
        *(*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "--only-binary", ":all:", "--requirement", str(requirements)),
    ]
    _run(command, plain | settings | {"PIP_CONFIG_FILE": os.devnull}, deadline)
    _run([str(python), "-I", "-c", IMPORT_ALL], plain, deadline)
    return python


def _find_python(home: Path) -> Path | None:
    """Find the environment's own Python, which lies elsewhere on Windows."""
    pythons = (home / "bin" / "python", home / "Scripts" / "python.exe")
    return next((python for python in pythons if python.exists()), None)


def _read_settings(
    pip: list[str], plain: dict[str, str], deadline: float
) -> Iterator[tuple[str, str]]:
    """Give the settings that count as the variables `PIP_…` that pip reads: first those of its
    files, the command's own above the global ones, and then those of the environment.
    """
    named = {name: value for name, value in os.environ.items() if name.upper() == "PIP_CONFIG_FILE"}
    # Verbose, for a file may have made pip quiet, and then it lists nothing.
    listed = _run([*pip, "config", "list", "-vvv"], plain | named, deadline, capture=True)
    matches = [match for line in listed.splitlines() if (match := SETTING.fullmatch(line.strip()))]
    for match in sorted(matches, key=lambda match: match["section"]):  # global, install
        if match["name"] in KEPT:
            # A list is one word on each line in a file, with blanks between them in a variable.
            value = " ".join(str(ast.literal_eval(match["value"])).split())
            yield "PIP_" + match["name"].upper().replace("-", "_"), value
    for name, value in os.environ.items():
        setting = name.upper().removeprefix("PIP_").lower().replace("_", "-")
        if name.upper().startswith("PIP_") and setting in KEPT and value:
            yield name.upper(), value


def _run(command: list[str], env: dict[str, str], deadline: float, *, capture: bool = False) -> str:
    """Run a command until the deadline and return what it prints, if that is asked for.

    Raises TimeoutExpired. Its children go with it: pip may have some.
    """
    process = subprocess.Popen(  # noqa: S603 - Python and pip, with arguments of our own
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else sys.stderr,
        encoding="utf-8",
        errors="replace",
        start_new_session=os.name == "posix",
    )
    try:
        printed, _ = process.communicate(timeout=max(deadline - time.monotonic(), 0))
    except BaseException:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        raise
    if process.returncode:
        _fail(f"{Path(command[0]).name} ended with {process.returncode}; the lines above say why.")
    return printed or ""


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
    except OSError as error:
        _fail(f"{error.strerror}: {error.filename}")
