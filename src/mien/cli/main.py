"""The `mien` command as a process. It loads what is called when it can say what a Ctrl-C meanwhile means.

Exit codes: 0 done, 1 a check failed or Mien itself did, 2 the input or an option cannot be used, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys

from mien.cli.interrupt import STOPPED, Interrupt


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: bad input ends with one clear line on standard error and code 2, never a traceback.

    Args:
        arguments: What to run inside another program, which keeps its own way with Ctrl-C; `None` takes those of
            the process.
    """
    interrupt = Interrupt() if arguments is None else None
    from mien.cli.app import run  # noqa: PLC0415  (takes a while)
    from mien.cli.commands import load_for  # noqa: PLC0415

    if interrupt is None:
        raise SystemExit(run(arguments))
    from mien.journal import begin, write_failure  # noqa: PLC0415

    begin()
    try:
        load_for(sys.argv[1:])
        interrupt.loaded()
        code = run()
        interrupt.over()
    except Exception as error:
        interrupt.over()
        write_failure(error)
        code = 1
    except KeyboardInterrupt:
        interrupt.over()
        code = STOPPED
    raise SystemExit(code)
