"""Analyses recordings as fast as it can, each in a process of its own that is killed when it is told to.

Reads lines `path settings total seconds begun`: kills the process after so many seconds (below 0: never), counted
from its beginning, or with `begun` from when it has the run. Answers `killed`, or the process's exit status.
Imports are done once, so that many kills are cheap.
"""

import os
import signal
import sys
import time

from store_making import KEY, READER, SOURCE, interaction

from mien.store import Store


def analyse(path, settings, total, begun):
    with (
        Store.open(path, timeout_s=30) as store,
        store.recordings.begin(KEY, settings, reader=READER, source=SOURCE) as run,
    ):
        done = (run.checkpoint or {"next": 0})["next"]
        os.close(begun)
        while done < total:
            # One to three at a time, as tracks end.
            batch = [interaction(n, seconds=6) for n in range(done, min(total, done + 1 + done % 3))]
            done += len(batch)
            run.commit(batch, {"next": done, "settings": settings}, float(done), {"frames": done})
        run.finish({"frames": total})


def run_and_kill(path, settings, total, seconds, from_where):
    told, begun = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        analyse(path, settings, int(total), begun)
        os._exit(0)
    os.close(begun)
    if from_where == "begun":
        os.read(told, 1)
    if float(seconds) >= 0:
        time.sleep(float(seconds))
        # Until it is waited for, its number is its own, even if it has ended.
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(told)
    return "killed" if os.WIFSIGNALED(status) else str(status)


if __name__ == "__main__":
    for line in sys.stdin:
        print(run_and_kill(*line.split()), flush=True)
