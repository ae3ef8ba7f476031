"""S18: bombs are refused from their raw bytes, in constant memory and in less than two seconds."""

import contextlib
import io
import struct
import time
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.engines.sandbox import Limits, Reason, Rejected, check_zip

MEGABYTE = 1 << 20


def packed(entries, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def zeros(size):
    """A deflate stream of `size` zero bytes, made piece by piece."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    pieces = [deflater.compress(bytes(MEGABYTE)) for _ in range(size // MEGABYTE)]
    return b"".join([*pieces, deflater.flush()])


def raw_archive(name, body, *, declared, entries=1):
    """An archive of one stream, written by hand so that its sizes may lie."""
    crc = 0
    local = (
        struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), declared, len(name), 0) + name + body
    )
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), declared, len(name), 0, 0, 0, 0, 0, 0
    )  # fmt: skip
    directory = (central + name) * entries
    count = min(entries, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


def many_entries(count):
    """A directory of `count` different names that all point at one tiny entry; the end record can say 65,535 at most."""
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 1, 1, 8, 0) + b"00000000" + b"x"
    head = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 1, 1, 8, 0, 0, 0, 0, 0, 0)
    directory = b"".join(head + b"%08d" % number for number in range(count))
    said = count & 0xFFFF if count > 0xFFFF else count
    return local + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, said, said, len(directory), len(local), 0)


def bombs():
    plain = raw_archive(b"word/document.xml", zeros(210 * MEGABYTE), declared=210 * MEGABYTE)
    yield "ratio", plain, Reason.TOO_LARGE
    yield "small ratio", raw_archive(b"a", zeros(30 * MEGABYTE), declared=30 * MEGABYTE), Reason.TOO_LARGE
    yield "lies small", raw_archive(b"a", zeros(30 * MEGABYTE), declared=1000), Reason.UNSAFE
    yield "lies large", raw_archive(b"a", zeros(MEGABYTE), declared=2 * MEGABYTE), Reason.MALFORMED
    yield "one nested", packed({"embedded/a.xlsx": plain}), Reason.TOO_LARGE
    inner = packed({"a.txt": "x"})
    yield "nested three deep", packed({"b.zip": packed({"a.zip": inner})}), Reason.UNSAFE
    yield "million entries", many_entries(1_000_000), Reason.TOO_LARGE
    yield "hidden entries", many_entries(65_536 + 3), Reason.MALFORMED
    yield "same name twice", raw_archive(b"a", zeros(MEGABYTE), declared=MEGABYTE, entries=2), Reason.UNSAFE


@pytest.mark.parametrize(
    ("name", "data", "expected"), list(bombs()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_bomb_is_refused_fast_and_small(name, data, expected):
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(Rejected) as refused:
        check_zip(data)
    took = time.monotonic() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.reason == expected
    assert took < 2
    assert peak < 2 * len(data) + 4 * MEGABYTE


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "..\\x", "C:\\x", "a\\..\\x", "c:/x"])
def test_names_that_leave_the_archive_are_refused(name):
    with pytest.raises(Rejected) as refused:
        check_zip(packed({name: "x"}))
    assert refused.value.reason == Reason.UNSAFE


def test_links_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Rejected) as refused:
        check_zip(stream.getvalue())
    assert refused.value.reason == Reason.UNSAFE


def test_an_honest_archive_lists_its_entries():
    data = packed(
        {"word/document.xml": "<a/>" * 5000, "embedded/t.xlsx": packed({"xl/a.xml": "b" * 90}), "名单.txt": "甲"}
    )
    assert [(entry.name, entry.size) for entry in check_zip(data)] == [
        ("word/document.xml", 20000),
        ("embedded/t.xlsx", len(packed({"xl/a.xml": "b" * 90}))),
        ("名单.txt", 3),
    ]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda data: b"%PDF-" + data, Reason.MALFORMED),
        (lambda data: data + b"<script>", Reason.MALFORMED),
        (lambda data: data[:-30], Reason.MALFORMED),
        (lambda data: b"", Reason.MALFORMED),
        (lambda data: data.replace(b"PK\x03\x04", b"PK\x03\x09"), Reason.MALFORMED),
    ],
)
def test_bytes_outside_the_directory_and_damage_are_refused(damage, expected):
    with pytest.raises(Rejected) as refused:
        check_zip(damage(packed({"a.txt": "text"})))
    assert refused.value.reason == expected


def test_limits_are_settings():
    data = packed({str(number): "x" for number in range(11)})
    assert len(check_zip(data, Limits(entries=11))) == 11
    with pytest.raises(Rejected):
        check_zip(data, Limits(entries=10))
    with pytest.raises(Rejected):
        check_zip(data, Limits(unpacked_bytes=10))


@given(st.binary(max_size=200), st.integers(0, 400), st.binary(max_size=4))
def test_arbitrary_bytes_are_read_or_refused(head, at, patch):
    good = packed({"a.txt": head, "b/c.bin": head * 3})
    for data in (head, b"PK\x03\x04" + head, good[:at] + patch + good[at + len(patch) :]):
        with contextlib.suppress(Rejected):
            check_zip(data)
