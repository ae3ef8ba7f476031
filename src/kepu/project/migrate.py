import hashlib
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# Parts of the installed packages that no page asks for; each would be hashed and compressed at every start.
UNUSED = ("ext", "htmx-2.js", "htmx-4*", "htmax-*")


def main(argv: Sequence[str]) -> int:
    """Bring the database and the served files up to date; safe to repeat, quick when nothing has changed."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    collect_static()
    return 0


def collect_static() -> None:
    """Hash and compress what browsers load, unless it is the same as the last time."""
    mark = Path(settings.STATIC_ROOT) / ".source"
    now = fingerprint()
    if mark.exists() and mark.read_text(encoding="ascii") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=list(UNUSED))
    mark.write_text(now, encoding="ascii")


def fingerprint() -> str:
    """Tells one set of source files from another: their names, sizes and times."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
