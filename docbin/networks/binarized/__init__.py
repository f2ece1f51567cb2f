"""Generators with 1-bit weights and activations: estimators, layers, training, export."""
