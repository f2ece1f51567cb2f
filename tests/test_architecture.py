"""Who may import whom: the layers of CONTRIBUTING.md, read from the source and enforced."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "docbin"

LAYERS: list[list[str]] = [
    ["docbin.errors", "docbin.version", "docbin.warned"],
    ["docbin.native", "docbin.settings"],
    ["docbin.page"],
    ["docbin.protocols", "docbin.imageio", "docbin.tiles", "docbin.wavelet"],
    ["docbin.lines"],
    ["docbin.classical", "docbin.data", "docbin.metrics"],
    ["docbin.networks", "docbin.prepare"],
    ["docbin.learned"],
    ["docbin.registry"],
    ["docbin.batch", "docbin.evaluate"],
    ["docbin"],
    ["docbin.cli"],
]

# A package of its own home: nobody else may import it.
HOMES = {
    "torch": ["docbin.networks"],
    "albumentations": ["docbin.data"],
    "rich": ["docbin.cli"],
    "argparse": ["docbin.cli"],
    "PIL": ["docbin.imageio", "docbin.data"],  # made pages draw text: no file is read or written
    "pypdfium2": ["docbin.imageio"],
    "img2pdf": ["docbin.imageio"],
    "pikepdf": ["docbin.imageio"],
    "safetensors": ["docbin.native", "docbin.networks"],
    "nanobind": [],
}


def unit_of(module: str) -> str:
    """The layered unit a module belongs to: docbin.imageio.pdf belongs to docbin.imageio."""
    units = [unit for layer in LAYERS for unit in layer if unit != "docbin"]
    for unit in units:
        if module == unit or module.startswith(unit + "."):
            return unit
    return "docbin"


def level_of(unit: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if unit in layer)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.AST) -> list[tuple[str, int, bool]]:
    """(module, line, whether it is inside a function) of every import."""
    found: list[tuple[str, int, bool]] = []

    def visit(node: ast.AST, inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            within = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if isinstance(child, ast.Import):
                found.extend((alias.name, child.lineno, within) for alias in child.names)
            elif isinstance(child, ast.ImportFrom) and child.module is not None:
                submodules = [f"{child.module}.{alias.name}" for alias in child.names]
                is_package = child.module == "docbin"
                names = submodules if is_package else [child.module]
                found.extend((name, child.lineno, within) for name in names)
            visit(child, within)

    visit(tree, False)
    return found


def violations(module: str, source: str) -> list[str]:
    unit = unit_of(module)
    level = level_of(unit)
    problems: list[str] = []
    for name, line, inside in imports_of(ast.parse(source)):
        top = name.split(".")[0]
        if top in HOMES and unit not in HOMES[top]:
            problems.append(f"{module}:{line} imports {top}, whose home is {HOMES[top]}")
        if top != "docbin":
            continue
        target = unit_of(name)
        if target == unit:
            continue
        if module == "docbin.__main__" and target == "docbin.cli":
            continue
        if level_of(target) >= level:
            problems.append(f"{module}:{line} imports {name}, which is not above it")
        if unit == "docbin.learned" and target == "docbin.networks" and not inside:
            problems.append(f"{module}:{line} imports {name} outside a function")
        if unit == "docbin.native" and target != "docbin.errors":
            problems.append(f"{module}:{line} imports {name}: native takes arrays only")
    return problems


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=module_name)
def test_module_imports_only_what_is_above_it(path: Path) -> None:
    assert violations(module_name(path), path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("docbin.page", "from docbin.registry import create"),
        ("docbin.classical.otsu", "def f():\n    import docbin.batch"),
        ("docbin.metrics.drd", "import torch"),
        ("docbin.native", "from docbin.page import Page"),
        ("docbin.learned.three_stage", "from docbin.networks import training"),
        ("docbin.imageio.read", "from docbin import registry"),
        ("docbin.classical.wolf", "from docbin.data.synthetic import draw"),
    ],
)
def test_planted_violation_is_caught(module: str, source: str) -> None:
    assert violations(module, source) != []


def test_contributing_says_the_same() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    part = text.partition("## Who may import whom")[2].partition("\n## ")[0]
    rows = re.findall(r"^\d+\. (.*)", part, re.MULTILINE)
    assert [re.findall(r"`(docbin[.\w]*)`", row) for row in rows] == LAYERS
    homes = {}
    for home in part.partition("One home each: ")[2].split(";"):
        names, _, places = home.partition(":")
        for name in re.findall(r"`(\w+)`", names):
            homes[name] = [f"docbin.{place}" for place in re.findall(r"\w+", places.split("(")[0])]
    assert homes == HOMES


def modules_imported(module: str, source: str, known: frozenset[str]) -> set[str]:
    """The modules of docbin that a module imports, wherever in it; a package is its __init__."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                found.add(below if below in known else node.module)
    return (found & known) - {module}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules of one circle of imports, in order; empty where there is none."""
    left = {module: set(targets) for module, targets in graph.items()}
    while free := [module for module, targets in left.items() if not targets & left.keys()]:
        for module in free:
            del left[module]
    way: list[str] = []
    while left and (not way or way.count(way[-1]) < 2):
        way.append(min(left[way[-1]] & left.keys()) if way else min(left))
    return way[way.index(way[-1]) :] if way else []


def sources() -> dict[str, str]:
    """Every module and its source; a compiled one is its stub."""
    stubs = {module_name(path): path.read_text("utf-8") for path in PACKAGE.rglob("*.pyi")}
    return stubs | {module_name(path): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}


def graph_of(found: dict[str, str]) -> dict[str, set[str]]:
    known = frozenset(found)
    return {module: modules_imported(module, text, known) for module, text in found.items()}


def test_no_circle_of_imports_inside_a_package() -> None:
    assert circle(graph_of(sources())) == []


def test_planted_circle_is_caught() -> None:
    found = sources()
    found["docbin.imageio.formats"] += "\ndef late():\n    from docbin.imageio import encoders\n"
    assert set(circle(graph_of(found))) == {"docbin.imageio.encoders", "docbin.imageio.formats"}


def test_no_drawer_for_everything() -> None:
    names = {path.stem for path in PACKAGE.rglob("*.py")}
    assert not names & {"utils", "helpers", "common", "misc"}
