"""Rows of files: stored, found by owner, read under the owner's rule, forgotten."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse

from kepu.foundation import audit
from kepu.foundation.files import refusals, storage
from kepu.foundation.files.check import Checked, check
from kepu.foundation.files.purposes import purpose as purpose_of
from kepu.foundation.models.files import StoredFile
from kepu.foundation.scope import Actor

MayRead = Callable[[Actor, int], bool]
_owners: dict[str, MayRead] = {}


@dataclass(frozen=True)
class FileInfo:
    """A stored file as other rooms see it. `size` in bytes; `public` is its random name in addresses."""

    id: int
    public: str
    sha256: str
    name: str
    size: int
    media_type: str
    uploaded_by: int | None
    uploaded_at: datetime

    @property
    def url(self) -> str:
        return reverse("foundation:file", args=[self.public])


def register_owner(kind: str, may_read: MayRead) -> None:
    """Say who reads the files of things of `kind` ("plans.document"): `may_read(actor, owner_id)`.

    The rule goes through the same `visible_to(actor.scope)` as the owner's page, so that file and page cannot disagree.
    """
    if kind in _owners:
        raise ValueError(f"owner {kind!r} is registered twice")
    _owners[kind] = may_read


def store(
    data: "bytes | File[bytes] | Checked",
    *,
    owner: tuple[str, int],
    name: str = "",
    purpose: str = "",
    region_path: str = "",
    actor: Actor | None = None,
) -> FileInfo:
    """Keep a file for its owner. Give either what `check` returned, or the bytes with name, purpose, region and actor.

    Joins the caller's transaction; the bytes are on disk before the row is committed. Raises FileRefused.
    """
    kind, owner_id = owner
    if kind not in _owners:
        raise LookupError(f"no reading rule for files of {kind!r}")
    if not isinstance(data, Checked):
        if actor is None:
            raise TypeError("bytes are stored for an actor; give one")
        data = check(data, name=name, purpose=purpose, region_path=region_path, actor=actor)
    if (
        StoredFile.objects.filter(owner_kind=kind, owner_id=owner_id, purpose=data.purpose.key).count()
        >= data.purpose.count
    ):
        raise refusals.TooMany(count=data.purpose.count)
    digest = storage.write(data.data)
    with transaction.atomic():
        row = StoredFile.objects.create(
            sha256=digest,
            name=data.name,
            size=len(data.data),
            media_type=data.media_type,
            purpose=data.purpose.key,
            region_path=data.region_path,
            owner_kind=kind,
            owner_id=owner_id,
            uploaded_by=data.actor.user_id,
        )
        detail = {"purpose": row.purpose, "size": row.size, "sha256": digest, "owner": f"{kind}:{owner_id}"}
        audit.record("file.upload", actor=data.actor, obj=row, region_path=row.region_path, detail=detail)
    return _info(row)


def read(file_id: int) -> bytes:
    """The bytes of a file. For services that already decided who may; LookupError if there is none."""
    digest = StoredFile.objects.filter(pk=file_id).values_list("sha256", flat=True).first()
    if digest is None:
        raise LookupError(f"no file {file_id}")
    return storage.path_of(digest).read_bytes()


def info(file_ids: Iterable[int]) -> dict[int, FileInfo]:
    return {row.pk: _info(row) for row in StoredFile.objects.filter(pk__in=set(file_ids))}


def of_owner(kind: str, owner_ids: Iterable[int]) -> dict[int, list[FileInfo]]:
    """The files of each owner, oldest first; owners without files are left out."""
    found: dict[int, list[FileInfo]] = {}
    for row in StoredFile.objects.filter(owner_kind=kind, owner_id__in=set(owner_ids)):
        found.setdefault(row.owner_id, []).append(_info(row))
    return found


def forget(file_ids: Iterable[int], *, actor: Actor) -> None:
    """Remove files from their owners; the bytes go with the next sweep unless another row names them."""
    with transaction.atomic():
        for row in StoredFile.objects.filter(pk__in=set(file_ids)):
            audit.record(
                "file.forget", actor=actor, obj=row, region_path=row.region_path, detail={"sha256": row.sha256}
            )
            row.delete()


@dataclass(frozen=True)
class Download:
    path: Path
    name: str
    media_type: str
    sha256: str


def download(public: str, actor: Actor) -> Download | None:
    """What to send for an address; None if there is no such file or the owner's rule says no, which look the same."""
    row = StoredFile.objects.filter(public=public).first()
    rule = _owners.get(row.owner_kind) if row else None
    if row is None or rule is None or not rule(actor, row.owner_id):
        return None
    if purpose_of(row.purpose).audited:
        audit.record("file.download", actor=actor, obj=row, region_path=row.region_path)
    return Download(storage.path_of(row.sha256), row.name, row.media_type, row.sha256)


def _info(row: StoredFile) -> FileInfo:
    return FileInfo(
        row.pk, row.public, row.sha256, row.name, row.size, row.media_type, row.uploaded_by, row.uploaded_at
    )
