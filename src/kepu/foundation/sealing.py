"""Seals, verification and purge of the audit log (see audit.py for what an entry is)."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from kepu.foundation import clock
from kepu.foundation.models.audit import SHORTEST_RETENTION, AuditEntry, AuditLink, AuditPurge, AuditSeal

SPAN = 1000  # entries a seal at most; what is left over gets the next seal of the same tick


def mac(*parts: str) -> str:
    """HMAC-SHA256 under the audit key; parts are joined unambiguously."""
    key = settings.KEPU_AUDIT_KEY.encode()
    return hmac.new(key, json.dumps(parts, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _of_entry(entry: AuditEntry, previous: str) -> str:
    who = f"{entry.actor_id}/{entry.by_system}"
    where = f"{entry.address}/{entry.method}/{entry.route}"
    what = f"{entry.object_kind}/{entry.object_id}"
    return mac(
        "entry", previous, str(entry.pk), _time(entry.at), entry.action, entry.outcome, who, entry.region_path,
        what, where, entry.before, entry.after, entry.detail,
    )  # fmt: skip


def _of_seal(seal: AuditSeal) -> str:
    span = [_time(seal.first_at), _time(seal.last_at), _time(seal.sealed_at)]
    return mac("seal", str(seal.number), seal.previous, seal.last_link, str(seal.entries), *span)


def _of_purge(purge: AuditPurge) -> str:
    return mac("purge", str(purge.seal_id), str(purge.last_day), str(purge.purged_day))


def seal() -> int:
    """Chain every committed entry that has no seal; the number of entries sealed. Safe to call from two places at once."""
    sealed = 0
    while count := _seal_span():
        sealed += count
    return sealed


def _seal_span() -> int:
    # Read and computed before the transaction, which is then short enough not to keep writers waiting.
    entries = list(AuditEntry.objects.unsealed().order_by("pk")[:SPAN])
    if not entries:
        return 0
    last_link, links = "", []
    for entry in entries:
        last_link = _of_entry(entry, last_link)
        links.append((entry.pk, last_link))
    try:
        with transaction.atomic():
            last = AuditSeal.objects.select_for_update().order_by("-number").first()
            new = AuditSeal(
                number=last.number + 1 if last else 1,
                previous=last.mac if last else "",
                last_link=last_link,
                entries=len(entries),
                first_at=min(entry.at for entry in entries),
                last_at=max(entry.at for entry in entries),
                sealed_at=clock.now(),
            )
            new.mac = _of_seal(new)
            new.save(force_insert=True)
            AuditLink.objects.bulk_create(AuditLink(entry_id=pk, seal=new, mac=link) for pk, link in links)
    except IntegrityError:
        return 0  # another process has just sealed some of these
    return len(entries)


@dataclass(frozen=True)
class Head:
    """The newest seal: print it or send it elsewhere, and a log cut off at the end no longer passes."""

    number: int
    mac: str
    sealed_at: datetime


def _notes() -> Path:
    return Path(settings.KEPU_DATA) / "audit-heads.txt"


def note(newest: Head) -> None:
    """Keep the last head of each day in a file beside the database: "day number mac" a line."""
    lines = _notes().read_text(encoding="ascii").splitlines() if _notes().exists() else []
    day = newest.sealed_at.astimezone(UTC).date().isoformat()
    if lines and lines[-1].startswith(day):
        lines.pop()
    written = _notes().with_suffix(".part")
    written.write_text("\n".join([*lines, f"{day} {newest.number} {newest.mac}", ""]), encoding="ascii")
    written.replace(_notes())


def noted() -> tuple[tuple[int, str], ...]:
    """The heads that `note` has kept, as (number, mac): what `verify` is to find again."""
    if not _notes().exists():
        return ()
    rows = [line.split() for line in _notes().read_text(encoding="ascii").splitlines()]
    return tuple((int(number), mac_) for _, number, mac_ in rows)


def head() -> Head | None:
    newest = AuditSeal.objects.order_by("-number").first()
    return Head(newest.number, newest.mac, newest.sealed_at) if newest else None


@dataclass(frozen=True)
class Verification:
    """What `verify` found. `tampered` and `missing` name entries ("entry 12") and seals ("seal 3")."""

    sealed: int
    unsealed: int
    purged: int
    tampered: tuple[str, ...]
    missing: tuple[str, ...]
    head: Head | None

    @property
    def is_sound(self) -> bool:
        return not self.tampered and not self.missing


def verify(known_heads: tuple[tuple[int, str], ...] = ()) -> Verification:
    """Recompute the whole chain. `known_heads` are (number, mac) pairs noted outside the database."""
    tampered: list[str] = []
    missing: list[str] = []
    sealed = purged = 0
    purges = {purge.seal_id: purge for purge in AuditPurge.objects.all()}
    links = _links_by_seal()
    group = next(links, None)
    expected, previous = 1, ""
    macs: dict[int, str] = {}
    for row in AuditSeal.objects.order_by("number").iterator():
        missing += [f"seal {number}" for number in range(expected, row.number)]
        if not hmac.compare_digest(row.mac, _of_seal(row)) or (row.number == expected and row.previous != previous):
            tampered.append(f"seal {row.number}")
        expected, previous, macs[row.number] = row.number + 1, row.mac, row.mac
        while group and group[0] < row.number:
            group = next(links, None)
        members = group[1] if group and group[0] == row.number else []
        purge = purges.get(row.number)
        if purge and not members:
            purged += row.entries
            if purge.mac != _of_purge(purge) or purge.last_day != _day(row.last_at):
                tampered.append(f"purge of seal {row.number}")
            continue
        sealed += len(members)
        _verify_span(row, members, tampered, missing)
    for number, noted in known_heads:
        if number not in macs:
            missing.append(f"seal {number}")
        elif macs[number] != noted:
            tampered.append(f"seal {number}")
    unsealed = AuditEntry.objects.unsealed().count()
    return Verification(sealed, unsealed, purged, _once(tampered), _once(missing), head())


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _links_by_seal() -> Iterator[tuple[int, list[AuditLink]]]:
    rows = AuditLink.objects.order_by("seal_id", "entry_id").iterator()
    for number, group in groupby(rows, key=lambda link: link.seal_id):
        yield number, list(group)


def _verify_span(row: AuditSeal, links: list[AuditLink], tampered: list[str], missing: list[str]) -> None:
    entries = AuditEntry.objects.in_bulk([link.entry_id for link in links])
    previous = ""
    for link in links:
        entry = entries.get(link.entry_id)
        if entry is None:
            missing.append(f"entry {link.entry_id}")
        elif not hmac.compare_digest(link.mac, _of_entry(entry, previous)):
            tampered.append(f"entry {link.entry_id}")
        previous = link.mac
    if len(links) < row.entries:
        missing.append(f"seal {row.number}: {row.entries - len(links)} of {row.entries} links")
    elif previous != row.last_link:
        tampered.append(f"seal {row.number}")


def _day(at: datetime) -> int:
    return at.astimezone(UTC).date().toordinal()


def purge(retention: timedelta = SHORTEST_RETENTION) -> int:
    """Remove the entries of whole seals that are past `retention`; the seals stay. Returns the entries removed.

    A retention below the statutory 183 days is raised to it; the database refuses a younger span by itself.
    """
    today = _day(clock.now())
    oldest_kept = clock.now() - max(retention, SHORTEST_RETENTION)
    removed = 0
    done = AuditPurge.objects.values("seal_id")
    for row in AuditSeal.objects.filter(last_at__lt=oldest_kept).exclude(number__in=done).order_by("number"):
        with transaction.atomic():
            span = AuditPurge(seal=row, last_day=_day(row.last_at), purged_day=today)
            span.mac = _of_purge(span)
            span.save(force_insert=True)
            members = AuditLink.objects.filter(seal=row)
            removed += AuditEntry.objects.filter(pk__in=members.values("entry_id")).delete()[0]
            members.delete()
    return removed
