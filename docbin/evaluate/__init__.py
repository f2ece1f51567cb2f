"""A method, or a folder of finished predictions, against datasets: scores a page and their sums."""

from docbin.evaluate.run import (
    Candidate,
    Finished,
    Method,
    PageScore,
    evaluate_paths,
    find_leaks,
    finished,
    run,
)
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
