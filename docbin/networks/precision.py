"""Which number format a forward pass runs in: bf16 where the processor multiplies it, else fp32.

A processor without bf16 instructions emulates them, ten times slower than fp32.
"""

import torch

from docbin.errors import SettingError

__all__ = ["PRECISIONS", "autocast", "check_precision", "has_bf16"]

PRECISIONS = ("auto", "bf16", "fp32")


def check_precision(precision: str) -> None:
    """Raise SettingError for a name that is none of `PRECISIONS`."""
    if precision not in PRECISIONS:
        known = ", ".join(PRECISIONS)
        raise SettingError(f"training: precision must be one of {known}, got {precision!r}")


def has_bf16(device: str) -> bool:
    """Whether a device ('cpu', 'cuda', 'cuda:1') multiplies bf16 in hardware."""
    kind = torch.device(device).type
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if kind != "cpu":
        return False
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in checks)


def autocast(device: str, precision: str = "auto") -> torch.autocast:
    """Return the context that a forward pass runs in; 'auto' is bf16 where it is native."""
    check_precision(precision)
    half = precision == "bf16" or (precision == "auto" and has_bf16(device))
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=half)
