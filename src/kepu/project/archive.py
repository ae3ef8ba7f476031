"""The backup file: a tar of database and files whose last members are a manifest and its seal.

The manifest names every part with size and SHA-256 and every table with its rows. The seal is an HMAC under the audit
key, so a file from elsewhere, an altered one and one that was cut short are all told apart before anything is touched.
"""

import hashlib
import hmac
import json
import os
import tarfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.seal"
CHUNK = 1024 * 1024


class BadArchive(Exception):
    """This file cannot be restored here; the text says why. Nothing has been changed."""


@dataclass(frozen=True)
class Part:
    size: int
    sha256: str


@dataclass(frozen=True)
class About:
    """What the archive was made from: version of Kepu, UTC time, database kind, migrations by app, rows by table."""

    version: str
    made_at: str
    vendor: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]


@dataclass(frozen=True)
class Manifest:
    format: int
    about: About
    parts: dict[str, Part]


def write(target: Path, about: About, parts: Iterable[tuple[str, Path]], key: str) -> Manifest:
    """Write an archive under another name, bring it to the disk, then give it its name: a half one never has it."""
    half = target.with_suffix(".part")
    written: dict[str, Part] = {}
    with half.open("wb") as raw:
        with tarfile.open(fileobj=raw, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for name, path in parts:
                with path.open("rb") as source:
                    written[name] = _add(tar, name, source, os.fstat(source.fileno()).st_size)
            manifest = Manifest(FORMAT, about, written)
            text = json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True).encode()
            _add(tar, MANIFEST, BytesIO(text), len(text))
            seal = _seal(text, key)
            _add(tar, SEAL, BytesIO(seal), len(seal))
        raw.flush()
        os.fsync(raw.fileno())
    half.chmod(0o600)
    half.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return manifest


def _seal(manifest: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), b"kepu backup\n" + manifest, hashlib.sha256).hexdigest().encode()


class _Hashing:
    """Reads a file and remembers its digest."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, source: IO[bytes], size: int) -> Part:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    reading = _Hashing(source)
    tar.addfile(member, reading)  # type: ignore[arg-type]  # reads and nothing else is asked of it
    return Part(size, reading.digest.hexdigest())


def unpack(source: Path, into: Path, key: str | None) -> Manifest:
    """Unpack below `into`, comparing every byte with the manifest. Without a key the seal is not looked at.

    Raises BadArchive if the file is no archive of this format, was cut short or altered, or belongs to another key.
    """
    found: dict[str, Part] = {}
    try:
        with tarfile.open(source, mode="r|") as tar:
            for member in tar:
                name = PurePosixPath(member.name)
                if not member.isfile() or name.is_absolute() or ".." in name.parts or member.name in found:
                    raise BadArchive(f"{source.name} holds {member.name!r}, which no backup of Kepu does.")
                reading = _Hashing(tar.extractfile(member))  # type: ignore[arg-type]  # a file, as asked above
                target = into / name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with target.open("wb") as out:
                    while data := reading.read(CHUNK):
                        out.write(data)
                    out.flush()
                    os.fsync(out.fileno())
                found[member.name] = Part(member.size, reading.digest.hexdigest())
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchive(f"{source.name} is not a whole backup of Kepu: {error}.") from error
    return _manifest(source, into, key, found)


def _manifest(source: Path, into: Path, key: str | None, found: dict[str, Part]) -> Manifest:
    if MANIFEST not in found or SEAL not in found:
        raise BadArchive(f"{source.name} is not a whole backup of Kepu: its end is missing.")
    text = (into / MANIFEST).read_bytes()
    if key is not None and not hmac.compare_digest((into / SEAL).read_bytes(), _seal(text, key)):
        raise BadArchive(
            f"{source.name} was altered, or belongs to an installation with another audit key. Put the keys of that "
            "installation in place; if they are lost, --other-keys takes the file without this proof."
        )
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise BadArchive(f"{source.name} has format {raw['format']}; this version reads format {FORMAT}.")
        parts = {name: Part(**part) for name, part in raw["parts"].items()}
        manifest = Manifest(FORMAT, About(**raw["about"]), parts)
    except (ValueError, TypeError, KeyError) as error:
        raise BadArchive(f"{source.name} has a manifest that cannot be read: {error}.") from error
    got = {name: part for name, part in found.items() if name not in {MANIFEST, SEAL}}
    if got != manifest.parts:
        wrong = sorted(name for name in got.keys() | parts.keys() if got.get(name) != parts.get(name))
        raise BadArchive(f"{source.name} was altered: {', '.join(wrong[:3])} is not what the manifest says.")
    return manifest
