"""What holds for every test."""

import os

# A plain wheel is tested from the root of the checkout, whose docbin/ has no compiled module:
# processes that tests start must not find it first either.
os.environ["PYTHONSAFEPATH"] = "1"
