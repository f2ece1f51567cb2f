"""The version, which a result's own notes hold too."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
