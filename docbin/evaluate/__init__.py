"""A method, or a folder of finished predictions, against datasets: scores a page and their sums."""

from docbin.evaluate.candidates import Candidate, Finished, Method, finished
from docbin.evaluate.run import PageScore, evaluate_paths, find_leaks, run
from docbin.evaluate.summary import METRICS, Comparison, Summary, compare, rank_sums, summarize

__all__ = [
    "METRICS",
    "Candidate",
    "Comparison",
    "Finished",
    "Method",
    "PageScore",
    "Summary",
    "compare",
    "evaluate_paths",
    "find_leaks",
    "finished",
    "rank_sums",
    "run",
    "summarize",
]
