"""Run processes and tell what each has cost: a JSON line in, a JSON line out.

A program of its own and a small one (`python -I -S`), because the peak memory of a process is never
less than that of the process it was forked from.
"""

import json
import os
import sys
import time


def run(asked: dict) -> tuple[float, float, int, int]:  # type: ignore[type-arg]
    """Run a command to its end: wall and CPU seconds, peak memory in KiB, exit code."""
    env = {name.encode(): value.encode() for name, value in asked["env"].items()}
    os.chdir(asked["folder"])
    opened = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, asked["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    start = time.perf_counter()
    pid = os.posix_spawn(asked["command"][0], asked["command"], env, file_actions=opened)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status)


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
