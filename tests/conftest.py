"""What holds for all tests."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from typing import NoReturn

import pytest
from hypothesis import settings

from compass_action import errors

# Under nohup, or in the background of a script, a process is born with signals ignored, and so are those
# it starts. The tests are about what is not ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A change is judged by the same examples every time, and a machine that is busy with something else must
# not make a test fail. `make chance` looks for other examples.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("chance", deadline=None, derandomize=False)
settings.load_profile("steady")


def _raise_again(error: BaseException) -> NoReturn:
    raise error


# A fault of ours is only told, and the program goes on: a test would not notice it. So it is raised, but
# where it is what a test is about (`faults_of_ours`). The code is put in place, for many hold the function.
TELL = errors.whereabouts.__code__
errors.whereabouts.__code__ = _raise_again.__code__


@pytest.fixture
def faults_of_ours() -> Iterator[None]:
    """Let faults of ours be told, as they are outside of tests."""
    errors.whereabouts.__code__ = TELL
    yield
    errors.whereabouts.__code__ = _raise_again.__code__


def pytest_collection_finish() -> None:
    """The collected tests stay to the end: the garbage collector need not look at them."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: many tests wait for a server or a process that they have started."""
    return 2 * (os.cpu_count() or 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the stages of hosts be played in containers of the built image as well."""
    parser.addoption(
        "--stages",
        choices=("process", "image"),
        default="process",
        help="what a host's stages are in tests/surfaces: processes, or containers of the image "
        "(needs .ci/image.sh, and GitHub's evaluator in .ci/github-expressions)",
    )
