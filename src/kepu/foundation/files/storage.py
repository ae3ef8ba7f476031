"""The bytes, under their hash: written once, never changed, swept when no row names them any more."""

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from kepu.foundation.models.files import StoredFile

# A blob is written (or touched) before its row is committed: only one that was left alone this long is an orphan.
GRACE = timedelta(days=1)
ARRIVING = timedelta(hours=1)  # an upload is done or dead by then


def root() -> Path:
    return Path(settings.KEPU_DATA) / "files"


def path_of(sha256: str) -> Path:
    return root() / sha256[:2] / sha256


def write(data: bytes) -> str:
    """Keep the bytes durably and return their SHA-256. The same bytes are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.utime(path)  # tells the sweep that somebody is about to name it again
        return digest
    except FileNotFoundError:
        pass
    arriving = path.parent / f"{secrets.token_hex(8)}.arriving"
    with os.fdopen(os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    arriving.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def sweep() -> int:
    """Remove blobs that no row names, and what an interrupted upload left behind. Returns how many.

    Compares file times with the system's clock, since file times come from it.
    """
    now = time.time()
    old = [
        path for path in _lying(root().glob("[0-9a-f][0-9a-f]")) if path.stat().st_mtime < now - GRACE.total_seconds()
    ]
    gone = 0
    for path in _lying([root() / "arriving"]):
        if path.stat().st_mtime < now - ARRIVING.total_seconds():
            path.unlink(missing_ok=True)
            gone += 1
    for start in range(0, len(old), 500):
        part = old[start : start + 500]
        named = set(StoredFile.objects.filter(sha256__in=[p.name for p in part]).values_list("sha256", flat=True))
        for path in part:
            if path.name not in named:
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def damaged() -> list[str]:
    """Public names of files whose bytes are missing or no longer give their hash; for `kepu check`. Reads everything."""
    bad: set[str] = set()
    for digest in StoredFile.objects.order_by("sha256").values_list("sha256", flat=True).distinct().iterator():
        path = path_of(digest)
        if not path.exists() or _digest(path) != digest:
            bad.add(digest)
    return list(StoredFile.objects.filter(sha256__in=bad).values_list("public", flat=True))


def _lying(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from folder.iterdir()


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
