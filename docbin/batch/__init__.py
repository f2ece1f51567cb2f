"""Many pages: find the files, share them among workers, return one Outcome a file."""

from docbin.batch.files import Job, plan
from docbin.batch.pool import WorkerLost, share
from docbin.batch.work import Outcome, PageNote, Recipe, process, run

__all__ = ["Job", "Outcome", "PageNote", "Recipe", "WorkerLost", "plan", "process", "run", "share"]
