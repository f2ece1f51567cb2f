"""List the methods of every kind, or show one method's settings, defaults and paper.

examples:
  docbin methods
  docbin methods sauvola
  docbin methods dbnet
  docbin methods --json
"""

import argparse
import inspect
import json
from typing import Any

from docbin import registry
from docbin.settings import settings_of

__all__ = ["configure", "run"]

KINDS = (
    ("method", registry.METHODS, "page to ink"),
    ("cleaner", registry.CLEANERS, "page to clean page"),
    ("detector", registry.DETECTORS, "page to lines of text"),
)
"""What a name is called in messages, the table it is looked up in, and what it does."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="a method, or package.module:Class")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> None:
    """Print the table, or one method."""
    if args.name:
        described = [_describe(args.name)]
    else:
        described = [_describe(name) for _, table, _ in KINDS for name in table]
    if args.json:
        print(json.dumps(described, indent=2, ensure_ascii=False))
    elif args.name:
        _print_one(described[0])
    else:
        _print_all(described)


def _describe(name: str) -> dict[str, Any]:
    kind, table, title = next((row for row in KINDS if name in row[1]), KINDS[0])
    method = registry.resolve(table, kind, name)
    doc = inspect.getdoc(method) or ""
    return {
        "name": name,
        "kind": title,
        "summary": doc.split("\n", maxsplit=1)[0],
        "paper": getattr(method, "PAPER", ""),
        "needs": list(getattr(method, "NEEDS", ())),
        "settings": [
            {
                "name": setting.name,
                "type": setting.type,
                "default": None if setting.default is ... else setting.default,
                "required": setting.default is ...,
                "meaning": setting.doc,
            }
            for setting in settings_of(method)
        ],
    }


def _print_one(method: dict[str, Any]) -> None:
    print(f"{method['name']}: {method['summary']}")
    if method["paper"]:
        print(f"  paper: {method['paper']}")
    if method["needs"]:
        print(f"  needs: {', '.join(method['needs'])} (pip install 'docbin[train]')")
    print("  settings:" if method["settings"] else "  no settings")
    for setting in method["settings"]:
        default = "required" if setting["required"] else f"default {_text(setting['default'])}"
        meaning = f": {setting['meaning']}" if setting["meaning"] else ""
        print(f"    {setting['name']} ({setting['type']}, {default}){meaning}")


def _print_all(methods: list[dict[str, Any]]) -> None:
    width = max((len(method["name"]) for method in methods), default=0)
    for _, _, kind in KINDS:
        members = [method for method in methods if method["kind"] == kind]
        if members:
            print(f"{kind}:")
        for method in members:
            print(f"  {method['name']:<{width}}  {method['summary']}")
            settings = ", ".join(f"{s['name']}={_text(s['default'])}" for s in method["settings"])
            for line in filter(None, (method["paper"], settings)):
                print(f"  {'':<{width}}    {line}")


def _text(value: object) -> str:
    return "none" if value is None else str(value)
