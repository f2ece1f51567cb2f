"""Files that appear whole or not at all.

A result is written under a hidden temporary name in its own folder, flushed to the disk (fsync) and
only then given its name, so that neither a crash nor a full disk leaves half a page behind.
"""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from docbin.errors import OutputError, OutputExistsError

__all__ = [
    "atomic",
    "make_folder",
    "refuse_folder",
    "refuse_input",
    "refuse_place",
    "remove_partials",
    "same_file",
]

_SUFFIX = ".part"
_LONGEST_NAME = 200  # bytes kept of a name, of the 255 most file systems allow
# Errors that are the disk's, whoever made the call that met them.
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


@contextlib.contextmanager
def atomic(path: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary path to write to; it becomes `path` when the block ends well.

    When the block raises anything, an interrupt included, the temporary file is gone and what was
    at `path` stands. An existing file is refused unless `overwrite`; a link is written through.
    Raises OutputError when the folder is missing or cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    _check(Path(path), target, overwrite)
    partial = target.with_name(f"{_prefix(target)}{os.urandom(4).hex()}{_SUFFIX}")
    try:
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            yield partial
            _flush(partial)
            _name(partial, target, overwrite)
            _flush(target.parent)
        except OSError as error:
            if error.errno in _DISK or error.filename in (str(partial), partial):
                raise disk_error(path, error) from error
            raise
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def remove_partials(path: str | os.PathLike[str]) -> None:
    """Remove what a killed process left of `path`, or of its pieces, under temporary names.

    A piece of page.png is page-0001.png or page-left.png.
    """
    target = Path(os.path.realpath(path))
    stem, ending = re.escape(target.stem), re.escape(target.suffix)
    piece = re.compile(
        rf"\.{stem}-(\d{{4,}}|left|right){ending}\.[0-9a-f]{{8}}{_SUFFIX}", re.DOTALL
    )
    with contextlib.suppress(OSError):
        for name in os.listdir(target.parent):
            is_whole = name.startswith(_prefix(target)) and name.endswith(_SUFFIX)
            if is_whole or piece.fullmatch(name):
                (target.parent / name).unlink()


def same_file(first: str | os.PathLike[str], second: str | os.PathLike[str]) -> bool:
    """Whether two paths are one file, by link, hard link or a case-blind file system."""
    try:
        return os.path.samefile(first, second)
    except OSError:  # one of them is not there, so nothing can be overwritten
        return False


def refuse_input(output: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Raise OutputError when `output` is one of the `inputs`, by whatever name."""
    for source in inputs:
        if same_file(output, source):
            raise OutputError(
                f"{output}: this is the input {source}, which is never overwritten; "
                "name another output"
            )


def refuse_place(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Raise OutputError for a place that `atomic` would refuse, before work is done for it."""
    target = Path(os.path.realpath(path))
    _check(Path(path), target, overwrite)
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise disk_error(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def refuse_folder(path: str | os.PathLike[str]) -> None:
    """Raise OutputError for a folder that could not be made or written in; nothing is made."""
    target = Path(os.path.realpath(path))
    standing = next(folder for folder in (target, *target.parents) if os.path.lexists(folder))
    if not standing.is_dir():
        what = "is a file" if standing == target else f"{standing} above it is a file"
        raise OutputError(f"{path}: {what}; name a folder for the results")
    if not os.access(standing, os.W_OK | os.X_OK):
        raise disk_error(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def make_folder(path: str | os.PathLike[str]) -> None:
    """Make a folder, and those above it, where they are missing; OutputError where it fails."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot make this folder: {error.strerror}; name another output"
        ) from error


def disk_error(path: str | os.PathLike[str], error: OSError) -> OutputError:
    """Return the sentence for an error of the file system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(f"{path}: the disk is full; free some space or write elsewhere")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputError(f"{path}: no permission to write here; choose another folder")
    if error.errno == errno.ENAMETOOLONG:
        return OutputError(f"{path}: the name is too long for the file system; shorten it")
    return OutputError(f"{path}: cannot be written, {error.strerror or error}; try another folder")


def _check(path: Path, target: Path, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {target.parent}; make it first")
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise disk_error(path, error) from error
    if stat.S_ISDIR(mode):
        raise OutputError(f"{path}: is a folder; name a file in it")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{path}: is not a regular file; name one, or write to standard output")
    if not overwrite:
        raise exists_error(path)


def exists_error(path: str | os.PathLike[str]) -> OutputExistsError:
    """Return the sentence for a file that is there already."""
    return OutputExistsError(f"{path}: exists already; ask for overwriting, or name another output")


def _prefix(target: Path) -> str:
    name = os.fsencode(target.name)[:_LONGEST_NAME].decode("utf-8", "ignore")
    return f".{name}."


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # folders of some network file systems cannot be flushed
            raise
    finally:
        os.close(handle)


def _name(partial: Path, target: Path, overwrite: bool) -> None:
    if overwrite:
        os.replace(partial, target)
        return
    try:
        os.link(partial, target)  # unlike a rename, fails if somebody else was quicker
    except FileExistsError:
        raise exists_error(target) from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise exists_error(target) from None
        os.replace(partial, target)
