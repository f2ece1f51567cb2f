"""Many pages: find the files, share them among workers, return one Outcome a file."""

from docbin.batch.files import Job, plan
from docbin.batch.recipe import Invert, PageNote, Recipe
from docbin.batch.work import Outcome, process, run

__all__ = [
    "Invert",
    "Job",
    "Outcome",
    "PageNote",
    "Recipe",
    "plan",
    "process",
    "run",
]
