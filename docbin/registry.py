"""Names to methods: a table of text, read without importing any of them.

`create` is the only dynamic door: it imports the class behind a name, checks the settings against
its fields, and builds it. A name may also be ``package.module:Class``, for a method of one's own.
"""

import dataclasses
import importlib
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Union

from docbin.errors import MissingDependencyError, SettingError, UnknownNameError

if TYPE_CHECKING:  # names only: help and completion do without numpy
    from docbin.protocols import Binarizer, Cleaner, Detector

__all__ = [
    "CLEANERS",
    "DEFAULT_DETECTOR",
    "DEFAULT_METHOD",
    "DETECTORS",
    "METHODS",
    "Setting",
    "create",
    "create_cleaner",
    "create_detector",
    "parse_settings",
    "resolve",
    "settings_of",
]

METHODS: dict[str, str] = {
    "adotsu": "docbin.classical.adotsu:AdOtsu",
    "auto": "docbin.classical.auto:Auto",
    "bataineh": "docbin.classical.bataineh:Bataineh",
    "bernsen": "docbin.classical.bernsen:Bernsen",
    "bradley": "docbin.classical.bradley:Bradley",
    "feng": "docbin.classical.feng:Feng",
    "gatos": "docbin.classical.gatos:Gatos",
    "howe": "docbin.classical.howe:Howe",
    "isauvola": "docbin.classical.isauvola:ISauvola",
    "isodata": "docbin.classical.isodata:Isodata",
    "kittler": "docbin.classical.kittler:Kittler",
    "kmeans": "docbin.classical.kmeans:KMeans",
    "li": "docbin.classical.li:Li",
    "lu-su": "docbin.classical.lu_su:LuSu",
    "main-element": "docbin.classical.main_element:MainElement",
    "max-entropy": "docbin.classical.max_entropy:MaxEntropy",
    "multi-otsu": "docbin.classical.multi_otsu:MultiOtsu",
    "multiscale-sauvola": "docbin.classical.multiscale_sauvola:MultiscaleSauvola",
    "niblack": "docbin.classical.niblack:Niblack",
    "nick": "docbin.classical.nick:Nick",
    "otsu": "docbin.classical.otsu:Otsu",
    "phansalkar": "docbin.classical.phansalkar:Phansalkar",
    "sauvola": "docbin.classical.sauvola:Sauvola",
    "seal": "docbin.classical.seal:Seal",
    "singh": "docbin.classical.singh:Singh",
    "su": "docbin.classical.su:Su",
    "su-robust": "docbin.classical.su_robust:SuRobust",
    "triangle": "docbin.classical.triangle:Triangle",
    "three-stage": "docbin.learned.three_stage:ThreeStage",
    "three-stage-xnor": "docbin.learned.three_stage_xnor:ThreeStageXnor",
    "wan": "docbin.classical.wan:Wan",
    "wolf": "docbin.classical.wolf:Wolf",
    "xnor": "docbin.learned.xnor:Xnor",
    "yen": "docbin.classical.yen:Yen",
}
"""Binarizers: page to ink."""

DEFAULT_METHOD = "xnor"
"""What binarizes a page when no method is named."""

CLEANERS: dict[str, str] = {
    "legible": "docbin.learned.legible:Legible",
    "normalized": "docbin.classical.normalized:Normalized",
    "shading": "docbin.classical.shading:Shading",
    "soft-ink": "docbin.classical.soft_ink:SoftInk",
    "xnor": "docbin.learned.xnor:XnorGray",
}
"""Cleaners: page to clean grey or colour."""

DETECTORS: dict[str, str] = {
    "dbnet": "docbin.learned.dbnet:DB",
}
"""Detectors: page to lines of text."""

DEFAULT_DETECTOR = "dbnet"
"""What finds the lines when no detector is named."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """One field of a method: its name, its type in words, its default, and its doc line."""

    name: str
    type: str
    default: object
    doc: str = ""


def create(name: str, options: Mapping[str, Any] | None = None) -> "Binarizer":
    """Build the binarizer called `name` with `options`, values of the fields' types or text."""
    return _build(METHODS, "method", name, options or {})  # type: ignore[no-any-return]


def create_cleaner(name: str, options: Mapping[str, Any] | None = None) -> "Cleaner":
    """Build the cleaner called `name` with `options`, values of the fields' types or text.

    A trained binarizer's name gives its probability of ink as grey.
    """
    if name in METHODS and name not in CLEANERS:
        return _belief(name, options or {})
    return _build(CLEANERS, "cleaner", name, options or {})  # type: ignore[no-any-return]


def _belief(name: str, options: Mapping[str, Any]) -> "Cleaner":
    if not hasattr(resolve(METHODS, "method", name), "probability"):
        trained = [known for known, target in METHODS.items() if "docbin.learned." in target]
        raise SettingError(
            f"{name} makes ink and knows no probability of it; for grey choose "
            f"{', '.join(sorted(trained))}, or a cleaner: {', '.join(sorted(CLEANERS))}"
        )
    from docbin.learned.working import Belief

    return Belief(_build(METHODS, "method", name, options))


def create_detector(name: str, options: Mapping[str, Any] | None = None) -> "Detector":
    """Build the detector called `name` with `options`, values of the fields' types or text."""
    return _build(DETECTORS, "detector", name, options or {})  # type: ignore[no-any-return]


def resolve(table: Mapping[str, str], kind: str, name: str) -> type:
    """Return the class behind a name of `table`, or behind ``package.module:Class``."""
    target = table.get(name, name if ":" in name else "")
    if not target:
        raise UnknownNameError(f"unknown {kind} {name!r}{_did_you_mean(name, table)}")
    module_name, _, class_name = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and not module_name.startswith(error.name):
            raise MissingDependencyError(
                f"{kind} {name!r} needs the package {error.name!r}, which is not installed"
            ) from error
        raise UnknownNameError(f"{kind} {name!r}: there is no module {module_name!r}") from error
    found = getattr(module, class_name, None)
    if not isinstance(found, type):
        raise UnknownNameError(f"{kind} {name!r}: module {module_name!r} has no class {class_name}")
    if not dataclasses.is_dataclass(found) or not callable(getattr(found, "__call__", None)):  # noqa: B004
        raise UnknownNameError(
            f"{kind} {name!r}: {class_name} must be a dataclass whose fields are its settings, "
            "with __call__(self, page)"
        )
    return found


def settings_of(method: type) -> list[Setting]:
    """Return the settings of a method's class, in order."""
    hints = typing.get_type_hints(method)
    docs = getattr(method, "SETTINGS", {})
    return [
        Setting(f.name, _describe(hints[f.name]), _default(f), docs.get(f.name, ""))
        for f in dataclasses.fields(method)
        if f.init and not f.name.startswith("_")
    ]


def parse_settings(method: type, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Check `options` against the fields of a method, and parse those given as text."""
    hints = typing.get_type_hints(method)
    known = [setting.name for setting in settings_of(method)]
    parsed: dict[str, Any] = {}
    for key, value in options.items():
        field = key.replace("-", "_")
        if field not in known:
            raise UnknownNameError(f"{name}: unknown setting {key!r}{_did_you_mean(field, known)}")
        parsed[field] = _parse(f"{name}: {field}", hints[field], value)
    return parsed


def _build(table: Mapping[str, str], kind: str, name: str, options: Mapping[str, Any]) -> Any:
    method = resolve(table, kind, name)
    parsed = parse_settings(method, name, options)
    missing = [s.name for s in settings_of(method) if s.default is ... and s.name not in parsed]
    if missing:
        raise SettingError(f"{name}: needs a value for {', '.join(missing)}")
    return method(**parsed)


def _default(field: "dataclasses.Field[Any]") -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return ...


def _did_you_mean(name: str, known: typing.Iterable[str]) -> str:
    from difflib import get_close_matches

    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    hint = f", did you mean {close[0]!r}?" if close else ""
    return f"{hint}; known: {', '.join(names) or 'none'}"


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
    raise SettingError(f"{label} must be {_describe(hint)}, got {value!r}")


def _parse_as(hint: Any, value: Any) -> tuple[bool, Any]:
    """Try one type. The list is short on purpose: bool("False") is True."""
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
                return int(value) == value, int(value)
            return True, hint(value)
        except (TypeError, ValueError, OverflowError):
            return False, None
    if hint is str:
        return isinstance(value, str), value
    return isinstance(hint, type) and isinstance(value, hint), value
