"""Text for XML, which has no place for most control characters, not even as references.

Rule: Extensible Markup Language 1.0, production 2 (Char).
"""

import re

__all__ = ["xml_text"]

_UNKNOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    r"""Return text with escapes, such as \x1b, for the characters that XML cannot hold.

    Names of files may hold them, and halves of surrogate pairs where they are no UTF-8.
    """
    return _UNKNOWN.sub(lambda found: ascii(found[0])[1:-1], text)
