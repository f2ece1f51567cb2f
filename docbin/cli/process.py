"""A process that is one command: quick to begin and to end.

NumPy's BLAS starts a thread that spins beside ours, for products of small matrices, and the end of
a Python that has imported much takes as long as the writing of a page. Neither belongs to what
`docbin.cli.main` does for whoever calls it, so it is seen to here.
"""

import atexit
import contextlib
import os
import sys
import threading
from typing import NoReturn

from docbin.cli import main

__all__ = ["run"]


def run() -> NoReturn:
    """Run ``docbin`` with the process's own arguments, and end the process."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _end(main())


def _end(code: int) -> NoReturn:
    """End as `sys.exit` does, but leave it to the system to clear the memory."""
    others = set(threading.enumerate()) - {threading.main_thread()}
    if all(thread.daemon for thread in others):
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or none
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
