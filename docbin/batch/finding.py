"""What a person names, found: files, folders to the bottom, glob patterns."""

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from docbin.errors import InputError, OutputError, UsageError
from docbin.imageio import IMAGE_SUFFIXES

__all__ = ["find", "identity", "kind_of"]


def find(inputs: Sequence[str], out: Path | None = None) -> list[tuple[Path, Path]]:
    """Return every file named, once, with the path its result is to have under a folder.

    `inputs` are files, folders (searched to the bottom, but for hidden files and `out`) and glob
    patterns. Raises InputError for one that is not there, or holds no images.
    """
    found: dict[Path, Path] = {}
    for name in inputs:
        if not name:
            raise UsageError("an input has no name: give a file, a folder, or . for this one")
        path = Path(name)
        is_pattern = glob.has_magic(name) and not os.path.lexists(name)
        kind = None if is_pattern else kind_of(path, InputError)
        if kind == "folder":
            matches = [(file, file.relative_to(path)) for file in _images_under(path, out)]
            if not matches:
                kinds = ", ".join(sorted(IMAGE_SUFFIXES))
                raise InputError(f"{name}: no images in this folder (looked for {kinds})")
        elif kind == "file":
            matches = [(path, Path(path.name))]
        elif is_pattern:
            files = sorted(Path(match) for match in glob.glob(name, recursive=True))
            matches = [(file, Path(file.name)) for file in files if file.is_file()]
            if not matches:
                raise InputError(f"{name}: no file matches this pattern")
        else:
            raise InputError(f"{name}: no such file or folder")
        for file, relative in matches:
            found.setdefault(file, relative)
    return list(found.items())


def _images_under(folder: Path, out: Path | None) -> Iterator[Path]:
    """Images below a folder, in order; hidden ones and the output folder are passed over.

    Linked folders come last, every place once, and none that this folder lies in. Folders that
    cannot be looked into are among the images, so that they are told of as failures.
    """
    closed: list[Path] = []
    passed = [*folder.resolve().parents, *([out] if out else [])]
    seen = {identity(place) for place in passed} - {identity(folder)}
    waiting = [folder]
    for start in waiting:  # it grows by the links found
        for root, folders, files in os.walk(
            start, onerror=lambda error: closed.append(Path(error.filename))
        ):
            here = Path(root)
            if (place := identity(here)) in seen:
                folders.clear()
                continue
            seen.add(place)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            waiting += [here / name for name in folders if (here / name).is_symlink()]
            for name in sorted(files):
                if name.startswith(".") or Path(name).suffix.lower() not in IMAGE_SUFFIXES:
                    continue
                if not _is_special(here / name):
                    yield here / name
    if folder in closed:
        raise InputError(f"{folder}: no permission to look into it; change its permissions")
    yield from closed


def _is_special(path: Path) -> bool:
    """Whether a file is a device, a pipe or a socket, which would keep a reader waiting."""
    try:
        mode = path.stat().st_mode
    except OSError:  # a link to nothing: told of when it is opened
        return False
    return not stat.S_ISREG(mode)


def kind_of(path: Path, error_class: type[InputError | OutputError]) -> str | None:
    """Return "folder", "file" (anything else that is there) or None for nothing there."""
    try:
        return "folder" if stat.S_ISDIR(path.stat().st_mode) else "file"
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        raise error_class(
            f"{path}: no permission to look into its folder; change its permissions"
        ) from None
    except OSError as error:  # a name too long, a ring of links
        raise error_class(f"{path}: {error.strerror}; check the name") from error


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file apart by whatever name, None for one that cannot be asked."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
