"""What may be uploaded for which purpose. The size limits are settings (KEPU_UPLOAD_MB)."""

from dataclasses import dataclass

from django.conf import settings

from kepu.engines.sandbox import KINDS

PICTURES = frozenset({"jpeg", "png", "webp", "gif", "bmp"})
SHEETS = frozenset({"xlsx", "xls", "csv"})
DOCUMENTS = frozenset({"docx", "doc", "pdf", "ofd", "text"})


@dataclass(frozen=True)
class Purpose:
    """`types` are names of sandbox.KINDS; `count` bounds the files of one owner; `audited` records every download."""

    key: str
    types: frozenset[str]
    count: int = 50
    audited: bool = False

    @property
    def megabytes(self) -> int:
        return settings.KEPU_UPLOAD_MB[self.key]

    @property
    def extensions(self) -> list[str]:
        """For the `accept` of a file field and for sentences: .docx, .pdf, …"""
        return sorted(f".{extension}" for kind in self.types for extension in KINDS[kind][1] if extension)


_registry: dict[str, Purpose] = {}


def register(new: Purpose) -> Purpose:
    """Make a purpose known; its limit must stand in the settings."""
    if new.key in _registry:
        raise ValueError(f"purpose {new.key!r} is registered twice")
    if unknown := new.types - KINDS.keys():
        raise ValueError(f"purpose {new.key!r} names unknown types {sorted(unknown)}")
    _registry[new.key] = new
    return new


def purpose(key: str) -> Purpose:
    return _registry[key]


register(Purpose("evidence", DOCUMENTS | SHEETS | PICTURES | {"pptx"}))
register(Purpose("plan_document", DOCUMENTS | SHEETS | {"markdown", "html"}))
# Sheets of persons and phone numbers: who took one away is recorded.
register(Purpose("sheet", SHEETS | {"text"}, audited=True))
register(Purpose("picture", PICTURES))
