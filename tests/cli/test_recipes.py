"""Every whole command that a recipe in models/ states is one that this docbin understands."""

import shlex
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from docbin.cli import _parse

ROOT = files("docbin.models")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


COMMANDS = sorted(
    text
    for folder in ROOT.iterdir()
    if folder.is_dir()
    for file in folder.iterdir()
    if file.name.endswith(".toml")
    for text in strings(tomllib.loads(file.read_text("utf-8")))
    if text.startswith("docbin ") and not text.endswith("...")
)


def test_there_are_some() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("command", COMMANDS)
def test_command_parses(command: str) -> None:
    _parse(shlex.split(command)[1:])
