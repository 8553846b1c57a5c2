"""Runs one command and prints what it cost, as JSON: a program of its own.

A child begins with the peak memory of who forks it, so whoever measures must be small.
"""

import json
import os
import sys
import time


def main() -> None:
    out, *command = sys.argv[1:]
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    actions = [(os.POSIX_SPAWN_DUP2, descriptor, 1)]
    started = time.monotonic()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - started
    cost = {
        "code": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
    }
    print(json.dumps(cost))


main()
