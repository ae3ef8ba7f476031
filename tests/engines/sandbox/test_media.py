import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.engines.sandbox import KINDS, sniff

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def archive(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind", "agrees"),
    [
        (archive("[Content_Types].xml", "word/document.xml"), "方案.docx", "docx", True),
        (archive("word/document.xml"), "方案.DOC", "docx", False),
        (archive("xl/workbook.xml"), "a.xlsx", "xlsx", True),
        (archive("OFD.xml", "Doc_0/Document.xml"), "a.ofd", "ofd", True),
        (archive("readme"), "a.zip", "zip", True),
        (b"PK\x03\x04 broken", "a.docx", "zip", False),
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", "doc", True),
        (OLE + "WordDocument".encode("utf-16-le"), "a.wps", "doc", True),
        (OLE + "Workbook".encode("utf-16-le"), "a.et", "xls", True),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "locked", True),
        (OLE, "a.doc", "ole", False),
        (b"%PDF-1.7\n", "a.pdf", "pdf", True),
        (b"\r\n%PDF-1.7\n", "a.pdf", "pdf", True),
        (b"%PDF-1.7\n", "a.txt", "pdf", False),
        (b"\xff\xd8\xff\xe0", "a.jpg", "jpeg", True),
        (b"\x89PNG\r\n\x1a\n", "a.php.png", "png", True),
        (b"\x89PNG\r\n\x1a\n", "a.png.php", "png", False),
        (b"GIF89a<script>", "a.html", "gif", False),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "webp", True),
        (b"<svg xmlns='x' onload='y'>", "a.png", "svg", False),
        (b"<?xml version='1.0'?><svg>", "a.svg", "svg", True),
        (b"<!DOCTYPE html><p>", "a.txt", "html", False),
        (b"<p>text", "a.htm", "html", True),
        (b"<!DOCTYPE html><p>", "a.doc", "html", False),
        (b"{\\rtf1", "a.doc", "rtf", False),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "a.doc", "mhtml", False),
        ("一、总体要求".encode(), "a.txt", "text", True),
        ("一、总体要求".encode("gb18030"), "a.md", "markdown", True),
        ("一、总体要求".encode("utf-16"), "a.txt", "text", True),
        ("1. 到2025年一、".encode("utf-16-le"), "a.txt", "text", True),
        (b"a,b", "a.csv", "csv", True),
        ("一、".encode(), "", "text", True),
        (b"", "a.txt", "text", True),
        (b"a\0b\0\0\0\1", "a.txt", "binary", False),
    ],
)
def test_content_decides_and_the_name_is_compared(data, name, kind, agrees):
    found = sniff(data, name)
    assert (found.name, found.mime, found.agrees) == (kind, KINDS[kind][0], agrees)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_and_any_name_have_a_kind(data, name):
    assert sniff(data, name).name in KINDS
