"""The process of a command: what it does not load, and that it ends like any other."""

import subprocess
import sys

import pytest


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("command", ["binarize", "clean"])
def test_help_does_without_numpy(command: str) -> None:
    ended = python(
        "import sys, docbin.cli\n"
        f"try: docbin.cli.main([{command!r}, '--help'])\n"
        "except SystemExit: print('numpy' in sys.modules)"
    )
    assert ended.stdout.splitlines()[-1] == "False", ended.stderr


def test_the_process_ends_with_the_code_and_what_was_to_be_done_at_its_end() -> None:
    ended = python(
        "import atexit, sys\n"
        "from docbin.cli import process\n"
        "atexit.register(print, 'last')\n"
        "sys.argv = ['docbin', 'info', 'missing.png']\n"
        "print('first', end=' ')\n"
        "process.run()"
    )
    assert (ended.returncode, ended.stdout) == (3, "first last\n")
    assert "missing.png" in ended.stderr


def test_the_process_waits_for_threads_that_are_not_to_be_cut_off() -> None:
    ended = python(
        "import sys, threading, time\n"
        "from docbin.cli import process\n"
        "def slow(): time.sleep(0.2); print('whole')\n"
        "threading.Thread(target=slow).start()\n"
        "sys.argv = ['docbin', 'info', 'missing.png']\n"
        "process.run()"
    )
    assert (ended.returncode, ended.stdout) == (3, "whole\n")
