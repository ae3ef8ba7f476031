"""Spreadsheets in and out: one frame for every room.

Columns are declared once (`Column`); from them come the template, the reader with its row/column/reason report, the
file with the offending cells marked, and the exports. `SheetImport` turns them into the two-step import page.
"""

from kepu.foundation.spreadsheets.columns import Column, Place, Problem, Row, SheetReading
from kepu.foundation.spreadsheets.imports import CHANGED, NEW, SAME, SheetImport, Target, Verdict, register
from kepu.foundation.spreadsheets.reading import Unreadable, WrongHeader, read
from kepu.foundation.spreadsheets.runs import forget_old
from kepu.foundation.spreadsheets.writing import error_file, export_csv, export_xlsx, template

__all__ = [
    "CHANGED",
    "NEW",
    "SAME",
    "Column",
    "Place",
    "Problem",
    "Row",
    "SheetImport",
    "SheetReading",
    "Target",
    "Unreadable",
    "Verdict",
    "WrongHeader",
    "error_file",
    "export_csv",
    "export_xlsx",
    "forget_old",
    "read",
    "register",
    "template",
]
