"""From what a person names to jobs: one file in, one file out, decided before anything is done."""

import glob
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from docbin.errors import InputError, OutputError, UsageError
from docbin.imageio import FORMATS, IMAGE_SUFFIXES

__all__ = ["Job", "plan"]


@dataclass(frozen=True)
class Job:
    """One file to read and the file its result goes to."""

    source: Path
    target: Path


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
    out_path = Path(out)
    found = _find(inputs, out_path)
    one_file = len(found) == 1 and len(inputs) == 1 and not Path(inputs[0]).is_dir()
    named = out_path.suffix.lower() in ({suffix} if suffix else IMAGE_SUFFIXES)
    if one_file and named and not out_path.is_dir():
        if (
            suffix is None
            and isinstance(format_of, str)
            and out_path.suffix.lower() not in FORMATS[format_of].suffixes
        ):
            raise UsageError(
                f"{out}: ends in {out_path.suffix} but the format asked for is {format_of}; "
                f"name it {out_path.with_suffix(FORMATS[format_of].suffix)}, or leave --format out"
            )
        jobs = [Job(found[0][0], out_path)]
    else:
        if out_path.exists() and not out_path.is_dir():
            raise OutputError(f"{out}: is a file; name a folder for the results of several inputs")
        jobs = [
            Job(path, out_path / _renamed(relative, format_of, suffix)) for path, relative in found
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


def _stands(target: Path, parts: Sequence[str]) -> bool:
    others = [target.with_stem(f"{target.stem}-{part}") for part in parts]
    return target.exists() or (bool(others) and all(other.exists() for other in others))


def _find(inputs: Sequence[str], out: Path) -> list[tuple[Path, Path]]:
    """Every file named, with the path it is to have under the output folder."""
    found: dict[Path, Path] = {}
    for name in inputs:
        path = Path(name)
        if path.is_dir():
            matches = [(file, file.relative_to(path)) for file in _images_under(path, out)]
            if not matches:
                kinds = ", ".join(sorted(IMAGE_SUFFIXES))
                raise InputError(f"{name}: no images in this folder (looked for {kinds})")
        elif path.exists():
            matches = [(path, Path(path.name))]
        elif glob.has_magic(name):
            files = sorted(Path(match) for match in glob.glob(name, recursive=True))
            matches = [(file, Path(file.name)) for file in files if file.is_file()]
            if not matches:
                raise InputError(f"{name}: no file matches this pattern")
        else:
            raise InputError(f"{name}: no such file or folder")
        for file, relative in matches:
            found.setdefault(file, relative)
    return list(found.items())


def _images_under(folder: Path, out: Path) -> Iterable[Path]:
    """Images below a folder, in order; hidden ones and the output folder are passed over."""
    out_real = out.resolve()
    for root, folders, files in os.walk(folder, followlinks=False):
        here = Path(root)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and (here / name).resolve() != out_real
        )
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in IMAGE_SUFFIXES:
                yield here / name


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
    sources = {_identity(job.source): job.source for job in jobs}
    targets: dict[Path, Job] = {}
    for job in jobs:
        real = job.target.resolve()
        if other := targets.get(real):
            raise UsageError(
                f"{other.source} and {job.source} would both be written to {job.target}: "
                "write them into different folders"
            )
        targets[real] = job
        if job.target.exists() and (source := sources.get(_identity(job.target))):
            raise UsageError(
                f"{job.target} is the input {source}: name another output, "
                "an input is never overwritten"
            )


def _identity(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_dev, stat.st_ino
