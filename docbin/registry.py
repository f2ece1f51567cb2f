"""Names to methods: a table of text, read without importing any of them.

`create` is the only dynamic door: it imports the class behind a name, checks the settings against
its fields, and builds it. A name may also be ``package.module:Class``, for a method of one's own.
"""

import dataclasses
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from docbin.errors import MissingDependencyError, SettingError, UnknownNameError
from docbin.settings import known_names, parse_settings, settings_of

if TYPE_CHECKING:  # names only: help and completion do without numpy
    from docbin.protocols import Binarizer, Cleaner, Detector

__all__ = [
    "CLEANERS",
    "DEFAULT_DETECTOR",
    "DEFAULT_METHOD",
    "DETECTORS",
    "METHODS",
    "create",
    "create_cleaner",
    "create_detector",
    "resolve",
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
}
"""Cleaners: page to clean grey or colour."""

DETECTORS: dict[str, str] = {
    "dbnet": "docbin.learned.dbnet:DB",
}
"""Detectors: page to lines of text."""

DEFAULT_DETECTOR = "dbnet"
"""What finds the lines when no detector is named."""


_ELSEWHERE = {
    "a cleaner, which gives grey: docbin clean -m": CLEANERS,
    "a method that makes ink: docbin binarize -m": METHODS,
    "a detector of lines: docbin detect -m": DETECTORS,
}
"""What a name that stands in another table is."""


def create(name: str, options: Mapping[str, Any] | None = None) -> "Binarizer":
    """Build the binarizer called `name` with `options`, values of the fields' types or text."""
    return _build(METHODS, "method", name, options or {})  # type: ignore[no-any-return]


def create_cleaner(name: str, options: Mapping[str, Any] | None = None) -> "Cleaner":
    """Build the cleaner called `name` with `options`, values of the fields' types or text.

    A trained binarizer's name gives its probability of ink as grey.
    """
    if name in METHODS:
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
    if not isinstance(name, str):
        raise UnknownNameError(
            f"a {kind} is named, {known_names('', table).removeprefix('; ')}, or "
            f"package.module:Class of one's own; got {type(name).__name__}"
        )
    target = table.get(name, name if ":" in name else "")
    if not target:
        other = next((text for text, names in _ELSEWHERE.items() if name in names), None)
        raise UnknownNameError(
            f"{name} is no {kind} but {other}"
            if other
            else f"unknown {kind} {name!r}{known_names(name, table)}"
        )
    module_name, _, class_name = target.partition(":")
    if not module_name or not class_name or module_name.startswith("."):
        raise UnknownNameError(f"{kind} {name!r}: write package.module:Class")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and not module_name.startswith(error.name):
            raise MissingDependencyError(
                f"{kind} {name!r} needs the package {error.name!r}, which is not installed"
            ) from error
        raise UnknownNameError(
            f"{kind} {name!r}: there is no module {module_name!r}; install it, or name the folder "
            "it is in: PYTHONPATH=FOLDER"
        ) from error
    found = getattr(module, class_name, None)
    if not isinstance(found, type):
        raise UnknownNameError(f"{kind} {name!r}: module {module_name!r} has no class {class_name}")
    if not dataclasses.is_dataclass(found) or not callable(getattr(found, "__call__", None)):  # noqa: B004
        raise UnknownNameError(
            f"{kind} {name!r}: {class_name} must be a dataclass whose fields are its settings, "
            "with __call__(self, page)"
        )
    return found


def _build(table: Mapping[str, str], kind: str, name: str, options: Mapping[str, Any]) -> Any:
    method = resolve(table, kind, name)
    parsed = parse_settings(method, name, options)
    missing = [s.name for s in settings_of(method) if s.default is ... and s.name not in parsed]
    if missing:
        raise SettingError(f"{name}: needs a value for {', '.join(missing)}")
    return method(**parsed)
