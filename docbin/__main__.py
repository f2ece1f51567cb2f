"""``python -m docbin``: the command line."""

from docbin.cli.process import run

run()
