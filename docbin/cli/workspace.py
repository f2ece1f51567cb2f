"""A METS workspace as OCR-D has it: groups of files, a PAGE-XML a page, paths relative to a folder.

Formats: METS 1.12 (Library of Congress), PAGE content 2019-07-15 (PRImA), and OCR-D's conventions
for both: derived images are AlternativeImage with comments, listed in METS too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from numpy.typing import NDArray

from docbin import imageio
from docbin.errors import InputError, MissingDependencyError, OutputError
from docbin.page import Page

__all__ = ["Workspace", "WorkspaceFile"]

METS = "{http://www.loc.gov/METS/}"
HREF = "{http://www.w3.org/1999/xlink}href"
PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
PAGE_TYPE = "application/vnd.prima.page+xml"
_STAMP = "1970-01-01T00:00:00"


@dataclass(frozen=True)
class WorkspaceFile:
    """One file of a group."""

    id: str
    page_id: str
    kind: str
    path: Path


@dataclass(frozen=True, eq=False)
class Workspace:
    """A METS file, parsed, and the folder its paths are relative to."""

    mets: Path
    folder: Path
    tree: Any

    @classmethod
    def open(cls, mets: Path, folder: Path | None = None) -> "Workspace":
        """Read a METS; what is none, or names no files, raises InputError."""
        tree = _parsed(mets)
        if tree.getroot().tag != f"{METS}mets":
            raise InputError(f"{mets}: is not a METS file")
        return cls(mets, folder or mets.resolve().parent, tree)

    def files(self, group: str, pages: set[str] | None = None) -> list[WorkspaceFile]:
        """Return the files of a group, PAGE-XML where a page has it; all have to be there."""
        groups = self.tree.findall(f".//{METS}fileGrp[@USE]")
        known = dict.fromkeys(node.get("USE") for node in groups)
        if group not in known:
            there = ", ".join(known) or "none"
            raise InputError(f"{self.mets}: no file group {group}; there are {there}")
        page_of = {
            pointer.get("FILEID"): pointer.getparent().get("ID")
            for pointer in self.tree.findall(f".//{METS}structMap//{METS}fptr")
        }
        found: dict[str, WorkspaceFile] = {}
        seen: set[str] = set()
        files = [g.findall(f"{METS}file") for g in groups if g.get("USE") == group]
        for node in chain.from_iterable(files):
            kind, file_id = node.get("MIMETYPE", ""), node.get("ID", "")
            if file_id in seen:
                raise InputError(
                    f"{self.mets}: two files have the ID {file_id!r}; give each its own"
                )
            seen.add(file_id)
            page = page_of.get(file_id) or file_id
            if not re.fullmatch(r"[\w.-]+", page):  # it becomes part of a file's name
                raise InputError(f"{self.mets}: {page!r} is no ID: letters, digits, - _ . make one")
            wanted = kind == PAGE_TYPE or kind.startswith("image/")
            if not wanted or (pages is not None and page not in pages):
                continue
            if page in found and kind != PAGE_TYPE:
                continue
            found[page] = WorkspaceFile(file_id, page, kind, self._path(node))
        if lacking := sorted((pages or set()) - set(found)):
            raise InputError(
                f"{self.mets}: no image or PAGE-XML of page {', '.join(lacking)} in {group}"
            )
        if not found:
            raise InputError(f"{self.mets}: no images or PAGE-XML in {group}")
        missing = [str(file.path) for file in found.values() if not file.path.is_file()]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise InputError(
                f"{self.mets}: names {missing[0]}{more}, which is not there; "
                "fetch it, or name the pages to do with --page-id"
            )
        return list(found.values())

    def _path(self, node: Any) -> Path:
        hrefs: list[str] = [place.get(HREF, "") for place in node.findall(f"{METS}FLocat")]
        hrefs = [unquote(href[7:]) if href.startswith("file:///") else href for href in hrefs]
        local = [href for href in hrefs if href and "://" not in href]
        if not local:
            raise InputError(f"{self.mets}: {node.get('ID')} is not a local file; download it")
        return self.folder / local[0]

    def image_of(self, file: WorkspaceFile) -> tuple[Page, list[str]]:
        """Return the image to work on and the comments on what was done to it before.

        That is the latest derived one that is not binarized yet, or the page's own.
        """
        if file.kind != PAGE_TYPE:
            return next(imageio.read(file.path)), []
        page = _page_of(_parsed(file.path), file.path)
        name, comments = page.get("imageFilename"), ""
        for node in page.findall("{*}AlternativeImage"):
            if "binarized" not in (node.get("comments") or ""):
                name, comments = node.get("filename"), node.get("comments") or ""
        if not (self.folder / name).is_file():
            raise InputError(f"{file.path}: names the image {name}, which is not there")
        return next(imageio.read(self.folder / name)), [c for c in comments.split(",") if c]

    def refuse_standing(
        self, group: str, files: Sequence[WorkspaceFile], *, overwrite: bool
    ) -> None:
        """Raise OutputError if a result is there already, before anything is done."""
        for file in files:
            standing = self.folder / group / f"{_name(group, file)}.xml"
            if standing.exists() and not overwrite:
                raise OutputError(f"{standing}: exists already; use --overwrite to do it again")

    def add(
        self,
        file: WorkspaceFile,
        group: str,
        ink: NDArray[Any],
        dpi: tuple[float, float] | None,
        comments: list[str],
    ) -> None:
        """Write the ink and a PAGE-XML that names it, and list both in METS."""
        folder = self.folder / group
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be made, {error.strerror}") from error
        name = _name(group, file)
        image = f"{group}/{name}.IMG-BIN.png"
        imageio.write(self.folder / image, ink, dpi=dpi, overwrite=True)
        tree = _parsed(file.path) if file.kind == PAGE_TYPE else self._new_page(file, ink)
        page = _page_of(tree, file.path)
        space = page.tag[: page.tag.index("}") + 1]
        node = page.makeelement(
            f"{space}AlternativeImage",
            {"filename": image, "comments": ",".join([*comments, "binarized"])},
        )
        page.insert(len(page.findall("{*}AlternativeImage")), node)
        _write(tree, self.folder / group / f"{name}.xml")
        self._list(file, group, f"{name}.IMG-BIN", "image/png", image)
        self._list(file, group, name, PAGE_TYPE, f"{group}/{name}.xml")

    def save(self) -> None:
        """Write the METS, whole or not at all."""
        _write(self.tree, self.mets)

    def _new_page(self, file: WorkspaceFile, ink: NDArray[Any]) -> Any:
        etree = _etree()
        root = etree.Element(f"{{{PAGE}}}PcGts", nsmap={None: PAGE}, pcGtsId=file.id)
        metadata = etree.SubElement(root, f"{{{PAGE}}}Metadata")
        for tag, text in (("Creator", "docbin"), ("Created", _STAMP), ("LastChange", _STAMP)):
            etree.SubElement(metadata, f"{{{PAGE}}}{tag}").text = text
        height, width = ink.shape
        etree.SubElement(
            root, f"{{{PAGE}}}Page", imageFilename=self._name_of(file.path),
            imageWidth=str(width), imageHeight=str(height),
        )  # fmt: skip
        return etree.ElementTree(root)

    def _name_of(self, path: Path) -> str:
        """Return a path as METS and PAGE name it: relative, unless it lies elsewhere."""
        return str(path.relative_to(self.folder) if path.is_relative_to(self.folder) else path)

    def _list(self, file: WorkspaceFile, group: str, name: str, kind: str, href: str) -> None:
        section = self.tree.find(f".//{METS}fileSec")
        node = section.find(f"{METS}fileGrp[@USE='{group}']")
        if node is None:
            node = _etree().SubElement(section, f"{METS}fileGrp", USE=group)
        for old in node.findall(f"{METS}file"):
            if old.get("ID") == name:
                node.remove(old)
        entry = _etree().SubElement(node, f"{METS}file", ID=name, MIMETYPE=kind)
        place = {"LOCTYPE": "OTHER", "OTHERLOCTYPE": "FILE", HREF: href}
        _etree().SubElement(entry, f"{METS}FLocat", place)
        for pointer in self.tree.findall(f".//{METS}structMap//{METS}fptr"):
            if pointer.get("FILEID") == name:
                return
        for page in self.tree.findall(f".//{METS}structMap//{METS}div"):
            if page.get("ID") == file.page_id:
                _etree().SubElement(page, f"{METS}fptr", FILEID=name)


def _name(group: str, file: WorkspaceFile) -> str:
    return f"{group}_{file.page_id}"


def _etree() -> Any:
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingDependencyError("METS needs lxml: pip install 'docbin[ocrd]'") from error
    return etree


def _parsed(path: Path) -> Any:
    etree = _etree()
    # Nothing is fetched and no entity expanded, whatever the file says.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    try:
        return etree.parse(str(path), parser)
    except OSError as error:
        raise InputError(f"{path}: cannot be read; check the name") from error
    except etree.XMLSyntaxError as error:
        raise InputError(f"{path}: is not well-formed XML, {error.msg}") from error


def _page_of(tree: Any, path: Path) -> Any:
    page = tree.getroot().find("{*}Page")
    if page is None or not page.get("imageFilename"):
        raise InputError(f"{path}: is not PAGE-XML: there is no Page with an imageFilename")
    return page


def _write(tree: Any, path: Path) -> None:
    with imageio.atomic(path, overwrite=True) as partial:
        tree.write(str(partial), encoding="utf-8", xml_declaration=True, pretty_print=True)
