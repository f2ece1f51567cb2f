"""Steps before ink: a page in, a page and its geometry out."""
