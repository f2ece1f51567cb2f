"""An ignored file silently vanishes from a wheel: hold the installed files against the tree."""

import importlib.metadata
import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def installed_files() -> set[str]:
    dist = importlib.metadata.distribution("docbin")
    origin = json.loads(dist.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        pytest.skip("editable install: the wheel's files are checked where it is installed plain")
    return {str(file) for file in dist.files or []}


def tracked(folder: str) -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return done.stdout.split()


def test_every_tracked_file_is_installed() -> None:
    files = installed_files()
    expected = list(tracked("docbin"))
    expected += [f"docbin/{name}" for name in tracked("models") + tracked("datasets")]
    assert [name for name in expected if name not in files] == []
    assert any(name.startswith("docbin/native/_native") and ".so" in name for name in files)


def test_one_name_in_site_packages() -> None:
    tops = {name.split("/")[0] for name in installed_files() if not name.startswith("..")}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"docbin"}
