#!/usr/bin/env python3
"""The container's entrypoint: finds the package beside this file, runs it, exits.

It is started as `python -I`, where neither the current directory nor PYTHONPATH is searched, so the
folder of this file has to be named here: a checked-out repository can then shadow no module.
"""

import os.path
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120 - pathlib costs time at every start

from compass_action.__main__ import console  # only found from here on

if __name__ == "__main__":
    console()
