"""A method's settings: the fields of its dataclass, and what text means as a value of one.

The list of types that text is parsed as is short on purpose: bool("False") is True.
"""

import dataclasses
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Union

from docbin.errors import SettingError, UnknownNameError

__all__ = ["Setting", "known_names", "parse_settings", "settings_of", "values_of"]


_LARGEST = 1 << 31
"""Whole numbers are below this: what kernels count in."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """One field of a method: its name, its type in words, its default, and its doc line."""

    name: str
    type: str
    default: object
    doc: str = ""


def settings_of(method: type) -> list[Setting]:
    """Return the settings of a method's class, in order."""
    hints = typing.get_type_hints(method)
    docs = getattr(method, "SETTINGS", {})
    return [
        Setting(f.name, _describe(hints[f.name]), _default(f), docs.get(f.name, ""))
        for f in dataclasses.fields(method)
        if f.init and not f.name.startswith("_")
    ]


def values_of(method: Any) -> dict[str, Any]:
    """Return a method's settings and their values, in order."""
    return {setting.name: getattr(method, setting.name) for setting in settings_of(type(method))}


def parse_settings(method: type, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Check `options` against the fields of a method, and parse those given as text."""
    hints = typing.get_type_hints(method)
    known = [setting.name for setting in settings_of(method)]
    parsed: dict[str, Any] = {}
    for key, value in options.items():
        field = key.replace("-", "_")
        if field not in known:
            raise UnknownNameError(f"{name}: unknown setting {key!r}{known_names(field, known)}")
        parsed[field] = _parse(f"{name}: {field}", hints[field], value)
    return parsed


def known_names(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown `name`: the closest known one, and all."""
    from difflib import get_close_matches

    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    hint = f", did you mean {close[0]!r}?" if close else ""
    return f"{hint}; known: {', '.join(names) or 'none'}"


def _default(field: "dataclasses.Field[Any]") -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return ...


def _members(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in (Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def _describe(hint: Any) -> str:
    words: list[str] = []
    for member in _members(hint):
        if typing.get_origin(member) is Literal:
            words.extend(str(choice) for choice in typing.get_args(member))
        elif member is type(None):
            words.append("none")
        else:
            words.append(getattr(member, "__name__", str(member)))
    return " | ".join(words)


def _parse(label: str, hint: Any, value: Any) -> Any:
    for member in _members(hint):
        done, parsed = _parse_as(member, value)
        if done:
            return parsed
    bound = (
        f" below {_LARGEST:,}" if int in _members(hint) and str(value).lstrip("-").isdigit() else ""
    )
    raise SettingError(f"{label} must be {_describe(hint)}{bound}, got {value!r}")


def _parse_as(hint: Any, value: Any) -> tuple[bool, Any]:
    """Try one type: whether the value is one, and the value."""
    if typing.get_origin(hint) is Literal:
        for choice in typing.get_args(hint):
            if value == choice or (isinstance(value, str) and value == str(choice)):
                return True, choice
        return False, None
    if hint is type(None):
        return value is None or (isinstance(value, str) and value.lower() == "none"), None
    if hint is bool:
        if isinstance(value, str):
            word = value.lower()
            return word in ("true", "yes", "1", "false", "no", "0"), word in ("true", "yes", "1")
        return isinstance(value, bool), value
    if hint in (int, float):
        if isinstance(value, bool):
            return False, None
        try:
            if hint is int and not isinstance(value, str):
                return int(value) == value and abs(value) < _LARGEST, int(value)
            number = hint(value)
            return abs(number) < _LARGEST or hint is float, number
        except (TypeError, ValueError, OverflowError):
            return False, None
    if hint is str:
        return isinstance(value, str), value
    return isinstance(hint, type) and isinstance(value, hint), value
