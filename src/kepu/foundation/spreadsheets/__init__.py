"""Spreadsheets in and out: one frame for every room.

Columns are declared once (`Column`); from them come the template, the reader with its row/column/reason report, the
file with the offending cells marked, and the exports. `SheetImport` turns them into the two-step import page.
"""

from kepu.foundation.spreadsheets.columns import Column, Place, Problem, Row, SheetReading
from kepu.foundation.spreadsheets.reading import Unreadable, WrongHeader, read
from kepu.foundation.spreadsheets.writing import error_file, export_csv, export_xlsx, template

__all__ = [
    "Column",
    "Place",
    "Problem",
    "Row",
    "SheetReading",
    "Unreadable",
    "WrongHeader",
    "error_file",
    "export_csv",
    "export_xlsx",
    "read",
    "template",
]
