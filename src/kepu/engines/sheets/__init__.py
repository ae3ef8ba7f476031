"""Spreadsheets from outside (.xlsx .xls .et .csv) as plain grids of values, read in a limited child process."""

from .grid import Cell, Sheet, UnknownFormat, read_sheets

__all__ = ["Cell", "Sheet", "UnknownFormat", "read_sheets"]
