"""Secrecy marks on the first page of a document: no classified paper may enter a system on an open network."""

from .marks import find_mark
from .pages import first_page

__all__ = ["find_mark", "first_page"]
