"""One table on as many sheets as it needs.

The layout is a constant program in Typst's language (https://typst.app/docs/reference/); title, heads and cells reach
it as JSON, so that no text of a user can be read as an instruction. Typesetting runs in a limited child: 5,000 rows of
nine columns take about 4 s and 700 MB, which the child gives back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from kepu.engines.sandbox import DEFAULT, Limits, run_limited

from .fonts import chinese_font, packaged

MEGABYTE = 1 << 20
# Address space, not memory in use: the library, the fonts and the stacks of its threads are all mapped into it.
LIMITS = replace(
    DEFAULT,
    memory=3_000 * MEGABYTE,
    cpu_seconds=120,
    wall_seconds=120.0,
    input_bytes=64 * MEGABYTE,
    output_bytes=64 * MEGABYTE,
)
# A tagged PDF can be read aloud cell by cell, and is ten times as large; nobody has a thousand rows read aloud.
TAGGED_ROWS = 1_000

_PROGRAM = """
#let d = json(bytes(sys.inputs.at("data")))
#let aligns = (left: left, center: center, right: right)
#let foot(page, pages) = d.footer.replace("{page}", str(page)).replace("{pages}", str(pages))
#set document(title: d.title, date: none)
#set page(
  paper: "a4", flipped: d.across, margin: (x: 15mm, top: 16mm, bottom: 18mm),
  footer: context align(center, text(9pt, foot(counter(page).get().first(), counter(page).final().first()))),
)
#set text(font: d.font, size: 9pt, lang: "zh", region: "cn", fallback: true)
#set par(leading: 0.5em)
#align(center, text(16pt, weight: "bold", d.title))
#if d.note != "" { block(below: 6pt, d.note) }
#table(
  columns: d.shares.map(share => share * 1fr), stroke: 0.5pt, inset: (x: 3.5pt, y: 4pt), align: (x, y) => {
    (if y == 0 { center } else { aligns.at(d.aligns.at(x)) }) + horizon
  },
  table.header(..d.heads.map(head => table.cell(fill: luma(235), text(weight: "bold", head)))),
  ..d.rows.flatten(),
)
"""
_ALIGNS = {"left", "center", "right"}


@dataclass(frozen=True)
class PdfTable:
    """What stands on the sheets. Every row has a text for each head; `shares` divide the width, one number a column.

    `aligns` are left, center or right, one a column; `across` lays the sheet on its long side; `footer` holds {page}
    and {pages}; `note` stands between title and table.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float]
    aligns: Sequence[str]
    footer: str
    note: str = ""
    across: bool = False

    def __post_init__(self) -> None:
        if not self.heads or {len(self.heads)} != {len(self.shares), len(self.aligns), *map(len, self.rows)}:
            raise ValueError(f"expected {len(self.heads)} shares, aligns and texts in every row")
        if unknown := set(self.aligns) - _ALIGNS:
            raise ValueError(f"unknown aligns {sorted(unknown)}")


def table_pdf(table: PdfTable, limits: Limits = LIMITS) -> bytes:
    """The table as PDF. Raises Rejected (TOO_LARGE, TIMEOUT, MEMORY, CRASHED), LookupError without a Chinese font."""
    font = chinese_font()
    if not font:
        raise LookupError("no Chinese font on this machine")
    order = json.dumps({**asdict(table), "font": font}, ensure_ascii=False).encode()
    return run_limited(f"{__name__}:typeset", order, limits, options={"tags": len(table.rows) <= TAGGED_ROWS})


def typeset(order: bytes, *, tags: bool) -> bytes:
    """The child's part of `table_pdf`."""
    import typst  # slow import, and only the child needs it

    held = typst.Fonts(font_paths=packaged())
    made = typst.compile(
        _PROGRAM.encode(), format="pdf", font_paths=held, sys_inputs={"data": order.decode()}, pdf_tags=tags
    )
    if not isinstance(made, bytes):
        raise TypeError(f"expected bytes, got {type(made).__name__}")
    return made
