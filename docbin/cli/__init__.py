"""The command line: one file a command, found in one table; one handler for every error.

A command's file has ``configure(parser)``, which adds its arguments, and ``run(args)``, which does
it. Only the file of the command that was asked for is imported, so help stays quick.
"""

import argparse
import errno
import importlib
import sys
import warnings

from docbin.cli.streams import Ending, Parser, prepare_streams, say, silence_output
from docbin.errors import DocbinError, OutputError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "binarize": ("docbin.cli.binarize", "turn pages into ink: files, folders or stdin"),
    "clean": ("docbin.cli.clean", "turn pages into flattened grey, for OCR"),
    "datasets": ("docbin.cli.datasets", "list the public datasets, check a folder of one"),
    "demo": ("docbin.cli.demo", "binarize two pages that come with docbin, before and after"),
    "detect": ("docbin.cli.detect", "find the lines of text: PAGE-XML, ALTO, hOCR, JSON"),
    "evaluate": ("docbin.cli.evaluate", "score methods or finished predictions on known truth"),
    "evaluate-detection": (
        "docbin.cli.evaluate_detection",
        "score detectors of text lines on known truth",
    ),
    "export": ("docbin.cli.export", "pack a trained binarized generator for the kernels"),
    "info": ("docbin.cli.info", "say what files hold: format, pages, size, resolution"),
    "methods": ("docbin.cli.methods", "list the methods, or one method's settings and paper"),
    "prepare": ("docbin.cli.prepare", "make raw scans ready for OCR: upright, straight, clean"),
    "synth": ("docbin.cli.synth", "make degraded pages with exact truth"),
    "train": ("docbin.cli.train", "train a network into a folder, within a budget"),
}
"""Name of a command: its module, and what it does in a line."""

EPILOG = """\
examples:
  docbin binarize scan.tif -o clean.tif
  docbin binarize scans/ -o clean/ -m wolf --jobs 2 --report report.json
  docbin methods sauvola

docbin COMMAND --help says more about one command.
exit codes: 0 done, 2 wrong usage, 3 unreadable input, 4 unwritable output, 5 damaged model,
6 missing package, 7 bad dataset, 8 some pages failed, 130 interrupted (143, 129: by a signal)
"""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What goes wrong with a place that standard output was sent to."""


def main(argv: list[str] | None = None) -> int:
    """Run ``docbin`` with `argv` (default: the process's own) and return its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    prepare_streams()
    ending = Ending()
    try:
        with ending.heeded(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="PIL")  # a damaged file is told of once
            warnings.showwarning = _tell
            try:
                args = _parse(arguments)
                args.run(args)
            finally:  # after help too, which leaves by SystemExit
                if sys.stdout is not None:
                    sys.stdout.flush()
    except DocbinError as error:
        heading, *reasons = error.lines
        say(f"docbin: {heading}", *reasons)
        return error.exit_code
    except KeyboardInterrupt:
        say("docbin: interrupted; finished files are whole, nothing partial is left")
        return ending.exit_code
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does: not an error of ours.
        silence_output()
        return 0
    except OSError as error:
        if error.filename is not None or error.errno not in _FULL:
            raise
        say(f"docbin: standard output: {error.strerror}; send it elsewhere")
        silence_output()
        return OutputError.exit_code
    return 0


def _tell(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as a sentence of ours, without the line of code it came from."""
    say(f"docbin: {message}")


def _parse(arguments: list[str]) -> argparse.Namespace:
    from docbin import __version__

    parser = Parser(
        prog="docbin",
        description="Clean pages from bad scans.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"docbin {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    for name, (module_name, summary) in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name == wanted:
            module = importlib.import_module(module_name)
            command.description = module.__doc__
            module.configure(command)
            command.set_defaults(run=module.run)
    return parser.parse_args(arguments)
