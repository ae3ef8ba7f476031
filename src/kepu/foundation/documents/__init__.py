"""Papers: in Word in the official form a table to annex or hand over and a plain notice, and tables as PDF.

Settings are those of GB/T 9704-2012 as measured in a word processor: text block 156 x 225 mm with 22 lines of 28 signs,
which needs no document grid, a fixed line of 28.95 pt and signs 0.25 pt closer. Fonts are named, none is shipped.
"""

from kepu.foundation.documents.notices import notice
from kepu.foundation.documents.pdf import pdf_table
from kepu.foundation.documents.tables import table

__all__ = ["notice", "pdf_table", "table"]
