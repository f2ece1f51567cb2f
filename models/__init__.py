"""Trained models as data: a folder each, with weights, card and recipe."""
