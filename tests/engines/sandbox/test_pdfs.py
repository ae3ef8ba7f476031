import io
import time
import zlib

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from kepu.engines.sandbox import Limits, Reason, Rejected, check_pdf


def pdf(pages=1, **options):
    stream = io.BytesIO()
    page = canvas.Canvas(stream, **options)
    for number in range(pages):
        page.drawString(50, 50, str(number))
        page.showPage()
    page.save()
    return stream.getvalue()


def reason(data, **limits):
    with pytest.raises(Rejected) as refused:
        check_pdf(data, Limits(**limits))
    return refused.value.reason


def test_pages_are_counted_and_bounded():
    assert check_pdf(pdf(3)) == 3
    assert reason(pdf(3), pages=2) == Reason.TOO_LARGE


def test_a_password_is_told_apart_from_a_mere_owner_lock():
    assert reason(pdf(encrypt=StandardEncryption("secret"))) == Reason.ENCRYPTED
    assert check_pdf(pdf(encrypt=StandardEncryption("", "owner"))) == 1


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + bytes(1000)])
def test_a_broken_file_is_malformed(data):
    assert reason(data) == Reason.MALFORMED


def test_a_stream_that_unpacks_to_gigabytes_is_answered_fast():
    body = zlib.compress(zlib.compress(bytes(200 << 20), 9), 9)
    source = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/ObjStm/N 100000/First 9/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n"
        % len(body)
    )
    started = time.monotonic()
    assert reason(source + body + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF") in {
        Reason.MALFORMED,
        Reason.CRASHED,
    }
    assert time.monotonic() - started < 2
