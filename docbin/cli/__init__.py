"""The command line: one file a command, one handler for every error."""


def main(argv: list[str] | None = None) -> int:
    """Run ``docbin`` with `argv` and return its exit code."""
    raise SystemExit(f"docbin: no commands yet, got {argv}")
