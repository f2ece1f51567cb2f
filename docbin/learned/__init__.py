"""Trained methods as binarizers; torch is imported only when one is called."""
