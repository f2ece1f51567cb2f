"""Thresholders that learn nothing: one method, one file."""
