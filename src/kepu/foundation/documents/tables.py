"""Tables to annex or to hand over: 任务分解表, 名册, 汇总表."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from kepu.foundation.documents.paper import append, blank, paragraph, saved, title_lines
from kepu.foundation.spreadsheets.columns import Column

UPRIGHT = 7  # columns; more lie across
_WIDTH = {False: 156, True: 225}  # mm of text
_TWIPS = 1440 / 25.4  # a millimetre


def table(
    title: str | Promise,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    *,
    note: str | Promise = "",
    annex: str | Promise = "",
    foot: str | Promise = "",
) -> bytes:
    """A .docx with one table whose head repeats on each page; A4, lying across above seven columns.

    `rows` give a value per column key. `annex` (附件1) stands top left with the title on the third line; `note` above
    the table, left (截至 date, 填报单位); `foot` below it (填表人, 审核人, 联系电话).
    """
    rows = [[text_of(column.shown(row.get(column.key))) for column in columns] for row in rows]
    across = len(columns) > UPRIGHT
    paper = blank(str(title), landscape=across)
    if annex:
        append(paper, paragraph("公文附件", str(annex)))
        append(paper, paragraph("公文附件", ""))
    append(paper, paragraph("公文标题", "\n".join(title_lines(str(title), landscape=across))))
    append(paper, paragraph("表注", str(note), '<w:spacing w:before="160"/>'))  # also empty: it parts title and table
    append(paper, _table(columns, rows, _WIDTH[across]))
    # A table may not end a document; without words the line is there all the same.
    append(paper, paragraph("表注", str(foot)))
    return saved(paper)


def _table(columns: Sequence[Column], rows: list[list[str]], width: int) -> str:
    widths = [round(share * width * _TWIPS) for share in shares(columns, rows)]
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    margins = '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
    heads = [str(column.label) for column in columns]
    styles = ["表数" if column.kind in {"integer", "decimal", "date"} else "表文" for column in columns]
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        + _row(heads, ["表头"] * len(columns), widths, "<w:tblHeader/>")
        + "".join(_row(row, styles, widths) for row in rows)
        + "</w:tbl>"
    )


def _row(cells: Sequence[str], styles: Sequence[str], widths: Sequence[int], settings: str = "") -> str:
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{paragraph(style, cell)}</w:tc>'
        for cell, style, width in zip(cells, styles, widths, strict=True)
    )
    return f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="480" w:hRule="atLeast"/>{settings}</w:trPr>{written}</w:tr>'


def shares(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """How the width is divided: by what usually stands in a column, so that one long cell does not starve the rest."""
    wanted = []
    for index, column in enumerate(columns):
        lengths = sorted(max(map(len, row[index].split("\n"))) for row in rows) or [0]
        usual = lengths[len(lengths) * 9 // 10 if len(lengths) > 1 else 0]
        head = len(str(column.label))
        wanted.append(min(max(usual, head if head <= 2 else (head + 1) // 2) + 1.5, 24))
    return [each / sum(wanted) for each in wanted]


def text_of(value: Any) -> str:
    match value:
        case None:
            return ""
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
        case Decimal():
            return format(value.normalize(), "f")
        case _:
            return str(value)
