"""What a file is, by its first bytes and inner names, never by what its name claims."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from .archives import END, LOCAL, list_zip
from .limits import DEFAULT, Limits, Rejected

OOXML = "application/vnd.openxmlformats-officedocument."

# name -> (media type, extensions that may stand for it). WPS writes Word's and Excel's binary forms as .wps and .et.
KINDS: dict[str, tuple[str, frozenset[str]]] = {
    "docx": (OOXML + "wordprocessingml.document", frozenset({"docx", "docm"})),
    "xlsx": (OOXML + "spreadsheetml.sheet", frozenset({"xlsx", "xlsm"})),
    "pptx": (OOXML + "presentationml.presentation", frozenset({"pptx", "pptm"})),
    "ofd": ("application/ofd", frozenset({"ofd"})),
    "odt": ("application/vnd.oasis.opendocument.text", frozenset({"odt"})),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", frozenset({"ods"})),
    "zip": ("application/zip", frozenset({"zip"})),
    "doc": ("application/msword", frozenset({"doc", "wps", "dot", "wpt"})),
    "xls": ("application/vnd.ms-excel", frozenset({"xls", "et", "ett"})),
    "ppt": ("application/vnd.ms-powerpoint", frozenset({"ppt", "dps"})),
    "locked": ("application/octet-stream", frozenset({"docx", "xlsx", "pptx", "doc", "xls", "wps", "et"})),
    "ole": ("application/x-ole-storage", frozenset()),
    "pdf": ("application/pdf", frozenset({"pdf"})),
    "jpeg": ("image/jpeg", frozenset({"jpg", "jpeg"})),
    "png": ("image/png", frozenset({"png"})),
    "gif": ("image/gif", frozenset({"gif"})),
    "webp": ("image/webp", frozenset({"webp"})),
    "bmp": ("image/bmp", frozenset({"bmp"})),
    "tiff": ("image/tiff", frozenset({"tif", "tiff"})),
    "rar": ("application/vnd.rar", frozenset({"rar"})),
    "7z": ("application/x-7z-compressed", frozenset({"7z"})),
    "gzip": ("application/gzip", frozenset({"gz", "tgz"})),
    "rtf": ("application/rtf", frozenset({"rtf"})),
    "mhtml": ("multipart/related", frozenset({"mht", "mhtml"})),
    "svg": ("image/svg+xml", frozenset({"svg"})),
    "html": ("text/html", frozenset({"html", "htm", "shtml", "xhtml"})),
    "xml": ("application/xml", frozenset({"xml"})),
    "csv": ("text/csv", frozenset({"csv", "tsv"})),
    "json": ("application/json", frozenset({"json", "geojson"})),
    "markdown": ("text/markdown", frozenset({"md", "markdown"})),
    "text": ("text/plain", frozenset({"txt", "text", ""})),
    "binary": ("application/octet-stream", frozenset()),
}

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "rtf"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Stream names in an OLE directory (UTF-16) that tell the program.
_OLE_STREAMS = (
    ("EncryptedPackage", "locked"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
_ZIP_ENTRIES = (
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("OFD.xml", "ofd"),
)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEAD = 4096


@dataclass(frozen=True)
class MediaType:
    """What a file is: `name` is a key of KINDS, `mime` its media type; `agrees` says the file name's extension fits."""

    name: str
    mime: str
    agrees: bool


def sniff(data: bytes, name: str, limits: Limits = DEFAULT) -> MediaType:
    """Tell the kind of a file from its content; `name` only decides among plain text kinds and is checked against it.

    Never raises: what cannot be told is "binary", a damaged archive is "zip". A name with a second, foreign extension
    before the last ("list.php.png") still agrees by the last one: stored names are random, so the rest has no effect.
    """
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lstrip(".").lower()
    kind = _by_magic(data, limits) or _by_text(data, extension)
    mime, extensions = KINDS[kind]
    return MediaType(kind, mime, extension in extensions)


def _by_magic(data: bytes, limits: Limits) -> str | None:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:2] == b"BM" and len(data) > 26 and int.from_bytes(data[2:6], "little") == len(data):
        return "bmp"
    if data.startswith((LOCAL, END)):
        return _zip_kind(data, limits)
    if data.startswith(_OLE):
        return next((kind for stream, kind in _OLE_STREAMS if stream.encode("utf-16-le") in data), "ole")
    if b"%PDF-" in data[:1024]:  # readers accept the header within the first kilobyte
        return "pdf"
    return None


def _zip_kind(data: bytes, limits: Limits) -> str:
    try:
        entries = list_zip(data, limits)
    except Rejected:
        return "zip"
    names = {entry.name for entry in entries}
    if "mimetype" in names and "content.xml" in names:
        return "ods" if b"opendocument.spreadsheet" in data[:200] else "odt"
    for start, kind in _ZIP_ENTRIES:
        if any(name.startswith(start) for name in names):
            return kind
    return "zip"


def _by_text(data: bytes, extension: str) -> str:
    head = data[:_HEAD]
    if not head.startswith(_BYTE_ORDER_MARKS) and b"\0" in head and not _looks_like_utf16(head):
        return "binary"
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or (b"<html" in start and start.startswith((b"<?xml", b"<!--"))):
        return "html"
    if b"<svg" in start and start.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")):
        return "svg"
    if start.startswith(b"mime-version:") and b"multipart/related" in start:
        return "mhtml"
    if start.startswith(b"<?xml"):
        return "xml"
    for kind in ("html", "csv", "json", "markdown"):
        if extension in KINDS[kind][1]:
            return kind
    return "text"


def _looks_like_utf16(head: bytes) -> bool:
    """UTF-16 without a mark: NUL stands beside each ASCII character, so nearly always in the same of two columns."""
    fewer, more = sorted((head[0::2].count(0), head[1::2].count(0)))
    return 4 * fewer < more
