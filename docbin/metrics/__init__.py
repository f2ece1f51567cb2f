"""Scores of ink against truth, as the DIBCO competitions compute them."""
