"""Tables as PDF: A4, the head on every page, page x of y, fonts embedded. Text comes in as data and is never markup."""

from .fonts import chinese_font
from .tables import PdfTable, table_pdf

__all__ = ["PdfTable", "chinese_font", "table_pdf"]
