"""An OCR-D processor: pages of a METS workspace become ink, as AlternativeImage of their PAGE-XML.

``ocrd-docbin-binarize -m mets.xml -I OCR-D-IMG -O OCR-D-BIN -P method xnor`` follows the command
line that OCR-D specifies for processors, without the ocrd package. ``imageFilename`` and all
coordinates stay as they are: the ink lies where the page lay, pixel for pixel.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from docbin.cli.streams import Parser, prepare_streams, say
from docbin.cli.workspace import Workspace
from docbin.errors import BatchError, DocbinError, UsageError
from docbin.version import VERSION

__all__ = ["TOOL", "main"]

NAME = "ocrd-docbin-binarize"
DESCRIPTION = Path(__file__).with_name("ocrd-tool.json")
TOOL: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))["tools"][NAME]
"""What `ocrd-tool.json` says of this processor."""


def main(argv: list[str] | None = None) -> int:
    """Run the processor with `argv` (default: the process's own) and return its exit code."""
    prepare_streams()
    args = _parser().parse_args(argv)
    if args.dump_json:
        print(json.dumps(TOOL, indent=2))
        return 0
    if args.dump_module_dir:
        print(DESCRIPTION.parent)
        return 0
    try:
        _run(args)
    except DocbinError as error:
        heading, *reasons = error.lines
        say(f"{NAME}: {heading}", *reasons)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(NAME, description=TOOL["description"])
    add = parser.add_argument
    add("-m", "--mets", default="mets.xml", help="the workspace's METS (default: %(default)s)")
    add("-w", "--working-dir", help="folder that its paths are relative to (default: METS's)")
    add("-I", "--input-file-grp", metavar="GRP", help="images or PAGE-XML")
    add("-O", "--output-file-grp", metavar="GRP", help="where results go")
    add("-g", "--page-id", metavar="ID,...", help="only these pages")
    add("-p", "--parameter", action="append", default=[], metavar="JSON", help="text or a file")
    add("-P", "--param-override", action="append", nargs=2, default=[], metavar=("KEY", "VALUE"))
    add("--overwrite", action="store_true", help="replace results that are there")
    add("-l", "--log-level", default="INFO", help="accepted, as OCR-D asks; it changes nothing")
    add("-J", "--dump-json", action="store_true", help="print what ocrd-tool.json says")
    add("-D", "--dump-module-dir", action="store_true", help="print where ocrd-tool.json lies")
    add("-V", "--version", action="version", version=f"Version {VERSION}")
    return parser


def _run(args: argparse.Namespace) -> None:
    from docbin import registry
    from docbin.prepare import Borders

    if not args.input_file_grp or not args.output_file_grp:
        raise UsageError("name the file groups: -I OCR-D-IMG -O OCR-D-BIN")
    if not re.fullmatch(r"[A-Za-z_][\w.-]*", args.output_file_grp):
        raise UsageError(
            f"-O {args.output_file_grp}: a file group is a name of letters, digits, - _ . "
            "such as OCR-D-BIN"
        )
    if args.output_file_grp == args.input_file_grp:
        raise UsageError(f"-O {args.output_file_grp}: is the group of -I; results need their own")
    values = _parameters(args)
    method = registry.create(values["method"], values["settings"])
    workspace = Workspace.open(Path(args.mets), args.working_dir and Path(args.working_dir))
    wanted = None if args.page_id is None else set(args.page_id.split(","))
    files = workspace.files(args.input_file_grp, wanted)
    workspace.refuse_standing(args.output_file_grp, files, overwrite=args.overwrite)
    failed: list[tuple[str, DocbinError]] = []
    for file in files:
        try:
            page, comments = workspace.image_of(file)
            if values["borders"]:
                page = Borders()(page).page
            workspace.add(file, args.output_file_grp, method(page), page.dpi, comments)
        except DocbinError as error:
            failed.append((file.page_id, error))
    if len(failed) < len(files):
        workspace.save()
    _tell(failed, len(files))


def _tell(failed: list[tuple[str, DocbinError]], count: int) -> None:
    """Raise what stopped the only page, or a list of the pages that failed."""
    if count == 1 and failed:
        raise failed[0][1]
    if failed:
        again = ",".join(page for page, _ in failed)
        raise BatchError(
            f"{len(failed)} of {count} pages failed, the rest is done; mend them and go on with "
            f"--page-id {again}:"
            if len(failed) < count
            else f"all {count} pages failed:",
            *(f"{page}: {error}" for page, error in failed),
        )


def _parameters(args: argparse.Namespace) -> dict[str, Any]:
    known = TOOL["parameters"]
    values = {name: entry["default"] for name, entry in known.items()}
    given: dict[str, Any] = {}
    for text in args.parameter:
        try:
            source = text if text.lstrip().startswith("{") else Path(text).read_text("utf-8")
            given.update(json.loads(source))
        except OSError as error:
            raise UsageError(f"-p {text}: cannot be read; name a JSON file or object") from error
        except (TypeError, ValueError) as error:
            raise UsageError(f"-p {text}: is not a JSON object, {error}") from error
    for key, value in args.param_override:
        try:
            given[key] = json.loads(value)
        except ValueError:
            given[key] = value
    kinds = {"string": str, "object": dict, "boolean": bool}
    for key, value in given.items():
        if key not in known:
            raise UsageError(f"unknown parameter {key!r}: known are {', '.join(known)}")
        if not isinstance(value, kinds[known[key]["type"]]):
            raise UsageError(f"parameter {key} must be a {known[key]['type']}, got {value!r}")
        values[key] = value
    return values


if __name__ == "__main__":
    sys.exit(main())
