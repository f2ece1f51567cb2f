"""From what a person names to jobs: one file in, one file out, decided before anything is done."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docbin.batch.finding import find, identity, kind_of
from docbin.errors import OutputError, UsageError
from docbin.imageio import FORMATS, IMAGE_SUFFIXES

__all__ = ["Job", "plan"]

_OTHER_SUFFIXES = {".gif", ".heic", ".avif", ".djvu", ".ps", ".svg", ".xml", ".json", ".hocr"}
"""What a person may take for a format of results."""


@dataclass(frozen=True)
class Job:
    """One file to read and the file its result goes to."""

    source: Path
    target: Path
    keep: bool = False
    """Whether a result that stands there when the work begins, or ends, is left."""


def plan(
    inputs: Sequence[str],
    out: str,
    *,
    format_of: dict[str, str] | str,
    if_exists: str = "refuse",
    parts: Sequence[str] = (),
    suffix: str | None = None,
) -> tuple[list[Job], list[Job]]:
    """Return the jobs to do, and those skipped because their result stands.

    `inputs` are files, folders (searched to the bottom, their tree mirrored under `out`) and glob
    patterns. `out` is a file when one file is named and `out` ends like an image, else a folder.
    `format_of` is the format of every result, or a table from an input's suffix to one ("" is the
    default); `suffix` instead is that of results that are no images. `if_exists` is "refuse",
    "skip" or "overwrite". `parts` are names of files that may stand in a result's place,
    name-PART.png for name.png.
    """
    if not out:
        raise UsageError("the output has no name: give a file, a folder, or . for this one")
    out_path = Path(out)
    out_is = kind_of(out_path, OutputError)
    found = find(inputs, out_path)
    one_file = len(found) == 1 and len(inputs) == 1 and not os.path.isdir(inputs[0])
    named = out_path.suffix.lower() in ({suffix} if suffix else IMAGE_SUFFIXES)
    if out_is is None and not out.endswith(os.sep):
        _check_out(out, named, one_file, suffix)
    if one_file and named and out_is != "folder":
        if (
            suffix is None
            and isinstance(format_of, str)
            and out_path.suffix.lower() not in FORMATS[format_of].suffixes
        ):
            raise UsageError(
                f"{out}: ends in {out_path.suffix} but the format asked for is {format_of}; "
                f"name it {out_path.with_suffix(FORMATS[format_of].suffix)}, or leave --format out"
            )
        jobs = [Job(found[0][0], out_path, if_exists == "skip")]
    else:
        if out_is == "file":
            what = suffix or "an ending such as .png, .tiff or .pdf"
            raise OutputError(
                f"{out}: is a file; name a folder for the results, or, for that of one input, "
                f"a file with {what}"
            )
        jobs = [
            Job(path, out_path / _renamed(relative, format_of, suffix), if_exists == "skip")
            for path, relative in found
        ]
    _check_apart(jobs)
    standing = [job for job in jobs if _stands(job.target, parts)]
    if standing and if_exists == "refuse":
        more = f" and {len(standing) - 1} more" if len(standing) > 1 else ""
        raise OutputError(
            f"{standing[0].target}{more} exists already: "
            "use --skip-existing to keep what is done, or --overwrite to do it again"
        )
    if if_exists != "skip":
        return jobs, []
    return [job for job in jobs if job not in standing], standing


def _check_out(out: str, named: bool, one_file: bool, suffix: str | None) -> None:
    """Refuse names of new folders that were surely meant as names of files."""
    folder = f"({out}/ if this is a folder)"
    if named and not one_file:
        raise UsageError(f"{out}: a file cannot take several results; name a folder {folder}")
    ending = Path(out).suffix.lower()
    if one_file and not named and ending in IMAGE_SUFFIXES | _OTHER_SUFFIXES:
        ends = suffix or ".png, .tiff, .pdf or .jpg"
        raise UsageError(f"{out}: {ending} is not what is written; end it in {ends} {folder}")


def _stands(target: Path, parts: Sequence[str]) -> bool:
    others = [target.with_stem(f"{target.stem}-{part}") for part in parts]
    exists = os.path.exists  # false, not an error, where nobody may look
    return exists(target) or (bool(others) and all(map(exists, others)))


def _renamed(relative: Path, format_of: dict[str, str] | str, suffix: str | None) -> Path:
    if suffix is not None:
        return relative.with_suffix(suffix)
    if isinstance(format_of, str):
        name = format_of
    else:
        name = format_of.get(relative.suffix.lower(), format_of[""])
    return relative.with_suffix(FORMATS[name].suffix)


def _check_apart(jobs: list[Job]) -> None:
    """Refuse two inputs for one output, and an output that is an input."""
    sources = {identity(job.source): job.source for job in jobs}
    targets: dict[Path, Job] = {}
    clashes: list[str] = []
    for job in jobs:
        real = Path(os.path.realpath(job.target))
        other = targets.setdefault(real, job)
        if other is not job:
            clashes.append(f"{other.source} and {job.source} would both be written to {job.target}")
        found = identity(job.target)
        if found and (source := sources.get(found)):
            raise UsageError(
                f"{job.target} is the input {source}: name another output, "
                "an input is never overwritten"
            )
    if clashes:
        more = f", and {len(clashes) - 1} more such pairs" if len(clashes) > 1 else ""
        raise UsageError(
            f"{clashes[0]}{more}: write them into different folders, a kind of file at a time "
            "('scans/**/*.jpg')"
        )
