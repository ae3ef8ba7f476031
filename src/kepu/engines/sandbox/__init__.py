"""Files from outside, checked before parsing and read where they can do no harm.

* `sniff(data, name) -> MediaType`: what the bytes are, and whether the file name agrees.
* `check_zip`, `check_xml`: bombs, lies, document types, depth; in this process, in constant memory.
* `check_pdf`, `clean_picture`: through a limited child process.
* `run_limited("package.module:function", data, limits) -> bytes`: any reading function in a limited child process.

All of them raise `Rejected` with a `Reason`; all bounds stand in one frozen `Limits`.
"""

from .archives import Entry, check_zip, list_zip
from .limits import DEFAULT, Limits, Reason, Rejected, check_size
from .markup import check_xml
from .media import KINDS, MediaType, sniff
from .pdfs import check_pdf
from .pictures import clean_picture
from .process import run_limited

__all__ = [
    "DEFAULT",
    "KINDS",
    "Entry",
    "Limits",
    "MediaType",
    "Reason",
    "Rejected",
    "check_pdf",
    "check_size",
    "check_xml",
    "check_zip",
    "clean_picture",
    "list_zip",
    "run_limited",
    "sniff",
]
