"""Every error docbin raises on purpose, and the exit code the command line gives it.

::

    DocbinError                     1   anything docbin refuses to do
    |- UsageError                   2   the command or call itself is wrong
    |  |- SettingError                  a setting has a value that cannot work (also a ValueError)
    |  `- UnknownNameError              no such method, setting, format ... (also a LookupError)
    |- InputError                   3   a page cannot be read, or is not a page
    |  |- PageTooLargeError             its header promises more pixels than allowed
    |  `- ArrayError                    an array has the wrong shape or type (also a ValueError)
    |- OutputError                  4   a result cannot be written
    |  `- OutputExistsError             a file stands in its place
    |- ModelError                   5   a weight or model file is damaged, foreign or too new
    |- MissingDependencyError       6   an optional package is needed (also an ImportError)
    |- DatasetError                 7   a dataset is incomplete or malformed
    |  `- LeakError                     a page to score is one the method was trained on
    `- BatchError                   8   some pages of a batch failed; the others are done

A message is one sentence a person can act on: what was wrong, with which file or option, and what
would do. A bug is any other exception, and keeps its traceback.
"""

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "ArrayError",
    "BatchError",
    "DatasetError",
    "DocbinError",
    "InputError",
    "LeakError",
    "MissingDependencyError",
    "ModelError",
    "OutputError",
    "OutputExistsError",
    "PageTooLargeError",
    "SettingError",
    "UnknownNameError",
    "UsageError",
]


class DocbinError(Exception):
    """Base of every error raised on purpose."""

    exit_code: ClassVar[int] = 1

    @property
    def lines(self) -> list[str]:
        """What there is to tell, a line each, whatever the names of files hold."""
        return [str(self)]


class UsageError(DocbinError):
    """The command line or the call is wrong."""

    exit_code = 2


class SettingError(UsageError, ValueError):
    """A setting has a value that cannot work."""


class UnknownNameError(UsageError, LookupError):
    """No method, setting, dataset or format has this name."""


class InputError(DocbinError):
    """A page cannot be read, or is not a page."""

    exit_code = 3


class PageTooLargeError(InputError):
    """The page has more pixels than the stated limit."""


class ArrayError(InputError, ValueError):
    """An array does not have the shape or type of a page."""


class OutputError(DocbinError):
    """A result cannot be written."""

    exit_code = 4


class OutputExistsError(OutputError):
    """A file stands where a result is to go."""


class ModelError(DocbinError):
    """A model or weight file is damaged, foreign or too new."""

    exit_code = 5


class MissingDependencyError(DocbinError, ImportError):
    """An optional package is needed for this."""

    exit_code = 6


class DatasetError(DocbinError):
    """A dataset is incomplete or malformed."""

    exit_code = 7


class LeakError(DatasetError):
    """A page to be scored is one the method was trained on."""


class BatchError(DocbinError):
    """Some pages of a batch failed; the others are done: a heading, then a reason each."""

    exit_code = 8

    @classmethod
    def of_files(cls, reasons: Sequence[object], count: int) -> "BatchError":
        """Make the error of a batch of `count` files, of which some failed, a reason each."""
        return cls(f"{len(reasons)} of {count} files failed:", *map(str, reasons))

    @property
    def lines(self) -> list[str]:
        """The heading, and every reason below it."""
        heading, *reasons = self.args
        return [str(heading), *(f"  {reason}" for reason in reasons)]

    def __str__(self) -> str:
        return "\n".join(self.lines)
