"""Files through the gate, in the store, and out by the owner's rule."""

import hashlib
import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from kepu.foundation import audit, files
from kepu.foundation.files import refusals, storage, stored
from kepu.foundation.files.arriving import Bounded
from kepu.foundation.files.check import clean_name
from kepu.foundation.models import AuditEntry, StoredFile
from kepu.foundation.scope import SYSTEM, Actor, Scope
from tests.engines.secrecy import papers

pytestmark = pytest.mark.django_db

REGION = "0/99/9901/990121/"
READER = Actor(user_id=7, name="甲", scope=Scope((REGION,)))


@pytest.fixture(autouse=True)
def shelf(monkeypatch, tmp_path, settings):
    """A kind of owner that readers of one region see, and a data directory of the test's own."""
    settings.KEPU_DATA = tmp_path
    monkeypatch.setattr(stored, "_owners", {"shelf": lambda actor, owner_id: actor.user_id == READER.user_id})
    return tmp_path


def put(data, name="方案.pdf", purpose="evidence", owner=1, actor=READER):
    return files.store(data, name=name, purpose=purpose, region_path=REGION, owner=("shelf", owner), actor=actor)


def lying(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def png(size=(8, 8), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, "PNG")
    return out.getvalue()


def jpeg_with_place():
    out = io.BytesIO()
    picture = Image.new("RGB", (8, 8), "red")
    exif = picture.getexif()
    exif[0x010F] = "Phone"
    exif.get_ifd(0x8825)[2] = (31.0, 58.0, 1.0)
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_file_lies_under_its_hash_and_is_read_back(shelf):
    data = papers.pdf("关于某项工作的通知")
    kept = put(data)
    digest = hashlib.sha256(data).hexdigest()
    assert (kept.sha256, kept.name, kept.size, kept.media_type) == (digest, "方案.pdf", len(data), "application/pdf")
    assert lying(shelf) == [shelf / "files" / digest[:2] / digest]
    assert files.read(kept.id) == data
    assert files.of_owner("shelf", [1, 2]) == {1: [kept]}
    assert files.info([kept.id]) == {kept.id: kept}
    assert len(kept.public) == 22


def test_the_same_bytes_are_kept_once_and_go_with_their_last_row(shelf):
    data = papers.pdf("通知")
    first, second = put(data, owner=1), put(data, owner=2)
    assert first.public != second.public
    assert len(lying(shelf)) == 1
    files.forget([first.id], actor=SYSTEM)
    age(shelf)
    assert files.sweep() == 0
    files.forget([second.id], actor=SYSTEM)
    assert files.sweep() == 1
    assert lying(shelf) == []


def age(folder, days=2):
    for path in lying(folder):
        os.utime(path, (time.time() - days * 86_400,) * 2)


def test_what_arrived_a_moment_ago_is_not_swept(shelf):
    storage.write(b"not named by a row yet")
    assert files.sweep() == 0
    age(shelf)
    storage.write(b"not named by a row yet")  # named again: its age begins anew
    assert files.sweep() == 0
    age(shelf)
    (shelf / "files" / "arriving").mkdir()
    (shelf / "files" / "arriving" / "left.upload").write_bytes(b"x")
    assert files.sweep() == 1
    age(shelf, days=0.1)
    assert files.sweep() == 1
    assert lying(shelf) == []


def test_lost_and_changed_bytes_are_found(shelf):
    kept = put(papers.pdf("通知"))
    assert files.damaged() == []
    storage.path_of(kept.sha256).write_bytes(b"other")
    assert files.damaged() == [kept.public]
    storage.path_of(kept.sha256).unlink()
    assert files.damaged() == [kept.public]


def test_the_installation_check_names_damaged_files():
    from kepu.project import installation

    kept = put(papers.pdf("通知"))
    assert list(installation.damaged_files()) == []
    storage.path_of(kept.sha256).unlink()
    assert list(installation.damaged_files()) == [
        f"the file {kept.public} is missing or changed on disk: restore it from a backup"
    ]


@pytest.mark.db
def test_a_row_never_points_at_other_bytes():
    from django.db import IntegrityError, transaction

    kept = put(papers.pdf("通知"))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        StoredFile.objects.filter(pk=kept.id).update(owner_id=9)


# --- the gate ------------------------------------------------------------------------------------------------------
MACROS = io.BytesIO(papers.word("正文"))
with zipfile.ZipFile(MACROS, "a") as archive:
    archive.writestr("word/vbaProject.bin", b"x")


def bomb():
    out = io.BytesIO(papers.word("正文"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("word/media/a.bin", bytes(210 << 20))
    return out.getvalue()


REFUSED = {
    "empty": (b"", "a.pdf", refusals.Empty),
    "too large": (b"%PDF-" + bytes(51 << 20), "a.pdf", refusals.TooLarge),
    "script picture": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "a.svg", refusals.WrongType),
    "script under a picture's name": (b"<svg><script>1</script></svg>", "a.png", refusals.WrongType),
    "page under a picture's name": (b"<!doctype html><script>1</script>", "a.png", refusals.WrongType),
    "program": (b"MZ\x90\0" + bytes(100), "a.exe", refusals.WrongType),
    "archive": (b"PK\x05\x06" + bytes(18), "a.zip", refusals.WrongType),
    "picture under a document's name": (png(), "a.pdf", refusals.Mismatch),
    "picture with a script's extension": (png(), "a.png.php", refusals.Mismatch),
    "locked pdf": (papers.pdf("正文", password="x"), "a.pdf", refusals.Locked),
    "broken pdf": (b"%PDF-1.7 broken", "a.pdf", refusals.Damaged),
    "broken picture": (png()[:40], "a.png", refusals.Damaged),
    "pixel bomb": (png((20_000, 20_000), "1"), "a.png", refusals.TooComplex),
    "zip bomb": (bomb(), "a.docx", refusals.TooComplex),
    "macros": (MACROS.getvalue(), "a.docm", refusals.Unsafe),
}  # fmt: skip


@pytest.mark.parametrize(("data", "name", "refusal"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_gate_refuses_leaves_nothing(shelf, data, name, refusal):
    started = time.monotonic()
    with pytest.raises(files.FileRefused) as caught:
        put(data, name)
    assert type(caught.value) is refusal
    assert time.monotonic() - started < 10  # two seconds on an idle machine (benchmarks); this one may be busy
    assert (lying(shelf), StoredFile.objects.count()) == ([], 0)


def test_pictures_lose_what_they_know_beyond_their_pixels():
    kept = put(jpeg_with_place(), "IMG_1.jpg", purpose="picture")
    with Image.open(io.BytesIO(files.read(kept.id))) as picture:
        assert (picture.size, picture.format, dict(picture.getexif())) == ((8, 8), "JPEG", {})


def test_what_hides_behind_a_picture_is_cut_off():
    kept = put(png() + b"<script>alert(1)</script>", "a.png", purpose="picture")
    assert b"script" not in files.read(kept.id)


def test_a_picture_of_another_form_gets_the_extension_of_what_is_kept():
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "BMP")
    kept = put(out.getvalue(), "照片.bmp", purpose="picture")
    assert (kept.name, kept.media_type) == ("照片.png", "image/png")


def test_no_more_files_than_the_purpose_allows(monkeypatch):
    from dataclasses import replace

    from kepu.foundation.files import purposes

    monkeypatch.setitem(purposes._registry, "evidence", replace(files.purpose("evidence"), count=2))
    data = papers.pdf("通知")
    put(data), put(data)
    with pytest.raises(refusals.TooMany):
        put(data)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\报告.docx", "报告.docx"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("...", "file"),
        ("", "file"),
        ("长" * 300 + ".docx", "长" * 115 + ".docx"),
    ],
)
def test_names_are_cleaned(name, clean):
    assert clean_name(name) == clean


def test_an_owner_without_a_rule_gets_no_file():
    with pytest.raises(LookupError):
        files.store(
            papers.pdf("通知"), name="a.pdf", purpose="evidence", region_path=REGION, owner=("none", 1), actor=READER
        )


# --- secrecy -------------------------------------------------------------------------------------------------------
SECRET = "机密★5年\n关于白鹭计划的报告"


@pytest.mark.parametrize("kind", sorted(papers.MAKERS))
def test_nothing_of_a_classified_file_is_kept(shelf, kind, caplog):
    data, name = papers.MAKERS[kind](SECRET), f"白鹭计划.{kind}"
    with audit.origin(), pytest.raises(files.Classified) as caught:
        put(SimpleUploadedFile(name, data), name)
    assert caught.value.code == "file.classified"
    assert str(caught.value).startswith("涉密文件不得上传")
    assert (lying(shelf), StoredFile.objects.count()) == ([], 0)
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.outcome, entry.actor_id) == ("file.upload", "refused", READER.user_id)
    kept = "".join(str(value) for value in vars(entry).values()) + caplog.text
    for trace in ("白鹭", "机密", hashlib.sha256(data).hexdigest()):
        assert trace not in kept
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("kind", sorted(papers.MAKERS))
def test_a_paper_about_secrets_is_kept(kind):
    data = papers.MAKERS[kind]("关于加强保密工作的通知\n各单位要保守国家秘密，管好机密文件。", SECRET)
    assert put(data, f"a.{kind}").size == len(data)


def test_a_mark_in_the_name_counts():
    with pytest.raises(files.Classified):
        put(png(), "机密★扫描件.png")
    assert put(png(), "宇宙的秘密.png").name == "宇宙的秘密.png"


# --- download ------------------------------------------------------------------------------------------------------


@pytest.fixture
def visit(monkeypatch, rf):
    from django.http import Http404

    from kepu.foundation.files.pages import download

    opened = []

    def go(public, actor, **headers):
        request = rf.get(f"/files/{public}/", headers=headers)
        request.actor = actor
        try:
            answer = download(request, public)
        except Http404:
            return 404
        opened.append(answer)
        return answer

    yield go
    for answer in opened:
        answer.close()


def test_a_file_is_sent_to_be_saved_in_a_sandbox(visit):
    data = papers.plain("正文")
    kept = put(data, "说明 一.txt")
    answer = visit(kept.public, READER)
    assert b"".join(answer.streaming_content) == data
    headers = {
        name: answer.headers[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
        )
    }
    assert headers == {
        "Content-Type": "text/plain",
        "Content-Disposition": "attachment; filename*=utf-8''%E8%AF%B4%E6%98%8E%20%E4%B8%80.txt",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-cache",
    }
    again = visit(kept.public, READER, **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_web_pages_go_out_as_bytes(visit):
    kept = put(b"<!doctype html><p>x</p>", "a.html", purpose="plan_document")
    assert visit(kept.public, READER).headers["Content-Type"] == "application/octet-stream"


def test_out_of_sight_and_not_there_look_the_same(visit, client):
    kept = put(papers.pdf("通知"))
    assert visit(kept.public, Actor()) == 404
    assert visit(kept.public, Actor(user_id=8, scope=Scope((REGION,)))) == 404
    assert visit("x" * 22, READER) == 404
    assert client.get(f"/files/{kept.public}/").status_code == 404


def test_only_downloads_of_protected_purposes_are_recorded(visit):
    protected, ordinary = put(b"a,b\n", "a.csv", purpose="sheet"), put(papers.pdf("通知"))
    visit(protected.public, READER), visit(ordinary.public, READER)
    entries = AuditEntry.objects.filter(action="file.download").values_list("object_id", "actor_id")
    assert list(entries) == [(str(protected.id), READER.user_id)]


def test_a_request_larger_than_any_upload_is_refused_unread():
    with pytest.raises(RequestDataTooBig):
        Bounded(RequestFactory().post("/")).handle_raw_input(None, {}, 5 * 50 << 20, None)
    assert settings.FILE_UPLOAD_HANDLERS[0].endswith("Bounded")
