"""The NumPy twin of every kernel: slow, plain, and the specification.

A function here has the name, arguments and result of the kernel in ``docbin.native``; tests hold
every target this machine runs to equality with it, bit for bit.
"""

__all__: list[str] = []
