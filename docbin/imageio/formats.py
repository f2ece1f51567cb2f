"""The kinds of file: which are read, which are written, and what each can hold."""

from dataclasses import dataclass

from docbin.errors import UnknownNameError

__all__ = ["FORMATS", "IMAGE_SUFFIXES", "MAX_PIXELS", "Format", "format_named", "sniff"]

MAX_PIXELS = 300_000_000
"""Most pixels a page may have unless told otherwise: A3 at 1200 dpi has 278 million."""


@dataclass(frozen=True)
class Format:
    """A kind of file docbin writes."""

    name: str
    suffix: str
    suffixes: tuple[str, ...]
    many: bool
    """Whether one file holds many pages."""
    ink: bool
    """Whether it keeps ink as ink, one bit a pixel."""
    about: str


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("png", ".png", (".png",), False, True, "1 bit for ink, 8 for grey; one page"),
        Format("tiff", ".tiff", (".tiff", ".tif"), True, True, "G4 for ink, deflate for grey"),
        Format("pdf", ".pdf", (".pdf",), True, True, "G4 for ink, deflate for grey"),
        Format("jpeg", ".jpg", (".jpg", ".jpeg"), False, False, "grey only, lossy; one page"),
    )
}
"""Every format written, by name."""

_READ_SUFFIXES = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "TIFF": (".tif", ".tiff"),
    "WebP": (".webp",),
    "JPEG 2000": (".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc"),
    "BMP": (".bmp", ".dib"),
    "PNM": (".pbm", ".pgm", ".ppm", ".pnm"),
    "PDF": (".pdf",),
}

IMAGE_SUFFIXES: frozenset[str] = frozenset(
    suffix for suffixes in _READ_SUFFIXES.values() for suffix in suffixes
)
"""Lower-case suffixes of the files a folder is searched for; what is read goes by content."""

# What a file starts with -> its kind. The first match counts.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"BM", "BMP"),
)

# Seen in the wild and not read: better named in the error than called unknown.
_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"GIF8", "a GIF image"),
    (4, b"ftypheic", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIF photo"),
    (4, b"ftypavif", "an AVIF image"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"PK\x03\x04", "a zip archive or an office document"),
    (0, b"\x97JB2", "a bare JBIG2 stream"),
)


def sniff(head: bytes) -> str | None:
    """Return the kind of file that starts with these bytes (1024 will do), None if it is none."""
    for magic, kind in _SIGNATURES:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3] in b" \t\r\n#" and head[2:3]:
        return "PNM"
    if b"%PDF-" in head[:1024]:  # ISO 32000-1, annex H.3.4.1: anywhere in the first 1024 bytes
        return "PDF"
    return None


def describe(head: bytes) -> str:
    """Say in words what a file is that `sniff` does not know."""
    for start, magic, words in _FOREIGN:
        if head[start : start + len(magic)] == magic:
            return words
    try:
        head[:-4].decode("utf-8")  # a character may be cut at the end
    except UnicodeDecodeError:
        return "of an unknown kind"
    return "text" if b"\0" not in head else "of an unknown kind"


def format_named(name: str | None, suffix: str) -> Format:
    """Return the format of this name, or, without one, the format files with `suffix` have."""
    known = ", ".join(FORMATS)
    if name is None:
        for row in FORMATS.values():
            if suffix.lower() in row.suffixes:
                return row
        got = f"{suffix!r} is none" if suffix else "there is no suffix"
        raise UnknownNameError(f"no format given and {got} of a known one: choose one of {known}")
    aliases = {alias.lstrip("."): row.name for row in FORMATS.values() for alias in row.suffixes}
    row_name = aliases.get(name.lower().lstrip("."), name.lower())
    if row_name not in FORMATS:
        raise UnknownNameError(f"unknown format {name!r}: choose one of {known}")
    return FORMATS[row_name]
