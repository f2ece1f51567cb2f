"""The version: the one place that says it, which the build reads and results carry."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
