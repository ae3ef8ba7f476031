"""The parts of zip-and-XML documents (docx, ofd), each checked before it is parsed."""

from __future__ import annotations

import io
import posixpath
import zipfile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from kepu.engines.sandbox import check_xml

from .result import Unreadable


class Package:
    """Read-only access to the XML parts of a zip document by path."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {name.casefold(): name for name in self._archive.namelist()}

    def names(self) -> list[str]:
        return self._archive.namelist()

    def xml(self, path: str) -> Element | None:
        """The part as an element tree whose names carry no namespace, or None if there is no such part.

        Raises the sandbox's Rejected for a document type, too much depth, too many elements, or broken XML.
        """
        name = self._names.get(path.lstrip("/").casefold())
        if name is None:
            return None
        data = self._archive.read(name)
        check_xml(data)
        root = ElementTree.fromstring(data)  # noqa: S314 - checked one line above
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
            if any("}" in key for key in element.attrib):
                element.attrib = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        return root

    def required(self, path: str) -> Element:
        root = self.xml(path)
        if root is None:
            raise Unreadable("malformed", f"no {path}")
        return root


def resolve(base: str, target: str) -> str:
    """A relative target as a path from the archive's root; `base` is the part that names it."""
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))
