"""Clean pages from bad scans: binarization of documents, and its scores."""

__version__ = "0.1.0"

__all__: list[str] = []
