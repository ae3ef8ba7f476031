"""Whatever the bytes and whatever the name: text or a clear sentence, soon, in bounded memory."""

import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.plandoc.files import docx_lines, ofd, ofd_text, pdf, saved, song
from tests.engines.plandoc.test_readers_sheets import book
from tests.engines.plandoc.test_readers_sheets import saved as saved_book

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.decode import SENTENCES, WARNINGS, Unreadable, decode
from kepu.engines.sandbox import DEFAULT

pytestmark = pytest.mark.slow

EXTENSIONS = (
    "txt",
    "md",
    "html",
    "csv",
    "docx",
    "pdf",
    "ofd",
    "xlsx",
    "doc",
    "wps",
    "xls",
    "et",
    "jpg",
    "rar",
    "",
    "exe",
)
OLD = Path(__file__).parent / "legacy_files"
LINES = ("松岭县科普实施方案", "一、总体目标", "到2025年达到12%。")
GOOD = {
    "docx": saved(docx_lines(*LINES)),
    "pdf": pdf(song(*LINES)),
    "ofd": ofd(ofd_text(30, 40, LINES[0]) + ofd_text(30, 50, LINES[1])),
    "xlsx": saved_book(book(("任务", [["序号", "任务"], [1, "甲"]]))),
    "xls": (OLD / "points.xls").read_bytes(),
    "doc": (OLD / "plan.doc").read_bytes(),
    "html": "<html><table><tr><td>甲<td>乙</table><p>一、目标".encode(),
}


def outcome(data, name):
    try:
        decoded = decode(data, name=name)
    except Unreadable as refused:
        assert SENTENCES[refused.code] == refused.sentence
        return refused.code
    assert decoded.text.strip()
    assert set(decoded.warnings) <= WARNINGS.keys()
    assert not set("\r\0\ufeff") & set(decoded.text)
    return decoded.text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(("txt", "md", "csv", "")))
def test_arbitrary_bytes_as_text(data, extension):
    found = outcome(data, f"a.{extension}")
    if found not in SENTENCES:
        read_plan(found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        (b"", b"PK\x03\x04", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"\xff\xd8\xff", b"{\\rtf")
    ),
    st.binary(max_size=600),
    st.sampled_from(EXTENSIONS),
)
def test_arbitrary_bytes_behind_any_magic_under_any_name(magic, data, extension):
    outcome(magic + data, f"文件.{extension}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 100_000), st.binary(min_size=1, max_size=20), st.booleans())
def test_damaged_files(kind, at, patch, cut):
    data = GOOD[kind]
    at %= len(data)
    damaged = data[:at] if cut else data[:at] + patch + data[at + len(patch) :]
    outcome(damaged, f"a.{kind}")


def repacked(data, changes):
    """A zip document whose parts are changed and packed anew, so that the damage lies in the content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            for old, new in changes:
                content = content.replace(old, new, 1)
            target.writestr(name, content)
    return stream.getvalue()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(("docx", "xlsx", "ofd")),
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    b"<w:p>",
                    b"</w:p>",
                    b'val="',
                    b"<row",
                    b' r="',
                    b' s="',
                    b"Boundary=",
                    b"BaseLoc",
                    b"DeltaX",
                    b"1",
                    b"0",
                ]
            ),
            st.sampled_from(
                [b"", b"-1", b"999999999999", b"<w:tbl>", b'val="x', b"\xe4\xb8\x80", b"&#55296;", b"NaN", b"1e999"]
            ),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_documents_with_absurd_content(kind, changes):
    outcome(repacked(GOOD[kind], changes), f"a.{kind}")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b" \n\t", "a.docx", "empty"),
        ("\u3000\n".encode(), "a.txt", "empty"),
        (bytes(range(256)) * 40, "a.txt", "unsupported"),
        (bytes(range(1, 256)) * 40, "a.txt", "unsupported"),
        (b"MZ\x90\0\3\0\0\0" + bytes(400), "a.exe", "unsupported"),
        (b"Rar!\x1a\x07\0" + bytes(40), "方案.rar", "unsupported"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "方案.png", "picture"),
        (b"PK\x03\x04" + bytes(40), "方案.docx", "malformed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "方案.doc", "unsupported"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900) + "WordDocument".encode("utf-16-le"),
            "方案.wps",
            "malformed",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900) + "EncryptedPackage".encode("utf-16-le"),
            "方案.docx",
            "encrypted",
        ),
        (b"x" * (10 << 20), "a.txt", "long_line"),
        (("科普" * 1_700_000).encode(), "a.txt", "long_line"),
        (("科普\n" * 2_100_000).encode(), "a.txt", "too_large"),
        (b"\n" * (DEFAULT.input_bytes + 1), "a.txt", "too_large"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(data, name, code):
    started = time.monotonic()
    assert outcome(data, name) == code
    assert time.monotonic() - started < 10


def test_a_bomb_in_a_word_file_is_refused_before_a_child_starts():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(210):
            part.write(bytes(1 << 20))
    started = time.monotonic()
    assert outcome(stream.getvalue(), "方案.docx") == "too_large"
    assert time.monotonic() - started < 2


def test_a_large_document_is_read_below_300_megabytes():
    """Ten times the longest plan known: a Word file of 20,000 paragraphs."""
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from kepu.engines.plandoc.decode import decode\n"
        "print(len(decode(sys.stdin.buffer.read(), name='a.docx').text))\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    line = "（一）开展科普活动，每年举办讲座不少于12场次，培训科普员60名。（责任单位：县科协、县教育局）"
    small = saved(docx_lines(line))
    body = f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>".encode()
    large = repacked(small, [(b"<w:body>", b"<w:body>" + body * 20_000)])
    done = subprocess.run(
        [sys.executable, "-c", script], input=large, env={"PYTHONPATH": "src:."}, capture_output=True, check=True
    )
    length, peak = map(int, done.stdout.split())
    assert length == (len(line) + 1) * 20_001
    assert peak < 300 * 1024
