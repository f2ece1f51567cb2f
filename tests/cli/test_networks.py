"""Commands that need torch, where it is not installed."""

import subprocess
import sys

import pytest

COMMANDS = {
    "export": ["export", "net.safetensors", "-o", "out.safetensors", "--data", "pages"],
    "training": ["train", "three-stage", "--data", "pages", "--out", "run", "--minutes", "1"],
    "training, binarized": ["train", "binarized", "--data", "p", "--out", "r", "--minutes", "1"],
    "training, dbnet": ["train", "dbnet", "--data", "p", "--out", "r", "--minutes", "1"],
}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_without_torch_a_sentence(name: str) -> None:
    code = (
        "import sys; sys.modules['torch'] = None; "
        f"from docbin.cli import main; sys.exit(main({COMMANDS[name]!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode not in (0, 1)
    purpose = name.split(",")[0]
    assert f"{purpose} needs torch, which is not installed: pip install" in done.stderr
    assert "Traceback" not in done.stderr
