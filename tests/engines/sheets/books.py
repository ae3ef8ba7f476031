"""Small workbooks made on the spot."""

import io
import struct
import zipfile
from datetime import date, datetime

import openpyxl


def book(rows, *, merges=(), title="表", hidden=()):
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    for name in hidden:
        made.create_sheet(name).sheet_state = "hidden"
    return saved(made)


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def merged_book():
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "分解表"
    for row in (
        ["任务分解表", None, None, None],
        ["序号", "工作任务", "年度目标", "完成时限"],
        [1, "举办科普讲座", 120, date(2026, 9, 5)],
        [2, None, 0.5, datetime.fromisoformat("2026-09-05T14:30")],
    ):
        sheet.append(row)
    sheet.append([7, "代码", 3206, None])
    sheet["A5"].number_format = "000000"
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B3:B4")
    return saved(made)


MERGED_ROWS = (
    ("任务分解表",) * 4,
    ("序号", "工作任务", "年度目标", "完成时限"),
    (1, "举办科普讲座", 120, date(2026, 9, 5)),
    (2, "举办科普讲座", 0.5, datetime.fromisoformat("2026-09-05T14:30")),
    ("000007", "代码", 3206),
)


def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def unicode(text, length="<H"):
    return struct.pack(length, len(text)) + b"\1" + text.encode("utf-16-le")


def xls_book(title, cells, merges=()):
    """A BIFF8 workbook in an OLE file; `cells` are (row, column, value, number format). [MS-XLS] 2.4, [MS-CFB] 2."""
    formats = sorted({form for *_at, form in cells})
    begin = struct.pack("<HHHII", 0x0DBB, 0x07CC, 0, 0, 6)
    font = struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + unicode("Arial", "<B")
    head = record(0x0809, struct.pack("<HH", 0x0600, 0x0005) + begin[:12])
    head += record(0x0042, b"\xb0\x04") + record(0x0022, b"\0\0") + record(0x0031, font) * 5
    for index, form in enumerate(formats):
        head += record(0x041E, struct.pack("<H", 164 + index) + unicode(form))
    for index in range(len(formats)):
        head += record(0x00E0, struct.pack("<HHH14x", 0, 164 + index, 1))
    start = len(head) + 4 + 6 + len(unicode(title, "<B")) + 4
    head += record(0x0085, struct.pack("<IBB", start, 0, 0) + unicode(title, "<B")) + record(0x000A)
    assert len(head) == start
    body = record(0x0809, struct.pack("<HH", 0x0600, 0x0010) + begin[:12])
    for row, column, value, form in cells:
        at = struct.pack("<HHH", row, column, formats.index(form))
        if isinstance(value, str):
            body += record(0x0204, at + unicode(value))
        else:
            body += record(0x0203, at + struct.pack("<d", value))
    if merges:
        body += record(
            0x00E5, struct.pack("<H", len(merges)) + b"".join(struct.pack("<4H", *merge) for merge in merges)
        )
    return _ole((head + body + record(0x000A)).ljust(4096, b"\0"))


def _ole(stream):
    """One stream named Workbook in sectors of 512 bytes: table, directory, then the stream."""
    sectors = -(-len(stream) // 512)
    assert sectors <= 126
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    table = [0xFFFFFFFD, end, *range(3, sectors + 2), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)

    def entry(name, kind, child, first, size):
        text = name.encode("utf-16-le")
        links = struct.pack("<III", free, free, child)
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBB", len(text) + 2, kind, 1)
            + links
            + bytes(36)
            + struct.pack("<IQ", first, size)
        )

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream)) + bytes(256)
    fat = struct.pack("<128I", *table, *[free] * (128 - len(table)))
    return header + fat + directory + stream.ljust(sectors * 512, b"\0")


def with_merges(workbook: bytes, ranges: list[str]) -> bytes:
    """A workbook with merged ranges written into its XML: the libraries that write would fill every cell of them."""
    merged = "".join(f'<mergeCell ref="{place}"/>' for place in ranges)
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>".encode())
            new.writestr(name, part)
    return into.getvalue()
