"""S17: pictures keep their pixels and nothing else."""

import contextlib
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kepu.engines.sandbox import Limits, Reason, Rejected, clean_picture

COMMENT = b"office 3, second floor"


def written(image, form, **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def located(form):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "camera"
    if form != "TIFF":  # Pillow cannot write the place into TIFF
        exif[0x8825] = {1: "N", 2: (30.0, 15.0, 20.0), 3: "E", 4: (120.0, 1.0, 2.0)}
    return exif


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_place_and_comments_are_gone_and_the_picture_stands_upright(form):
    image = Image.new("RGB", (40, 20), "white")
    image.paste("red", (0, 0, 10, 20))
    extra = {"JPEG": {"comment": COMMENT, "dpi": (72, 72)}, "PNG": {}, "WEBP": {"xmp": COMMENT}, "TIFF": {}}[form]
    if form == "PNG":
        extra["pnginfo"] = PngInfo()
        extra["pnginfo"].add_text("Comment", COMMENT.decode())
    source = written(image, form, exif=located(form), **extra)
    assert COMMENT in source or form == "TIFF"
    clean = clean_picture(source + b"<script>alert(1)</script>")
    picture = opened(clean)
    assert dict(picture.getexif()) == {}
    assert COMMENT not in clean
    assert b"script" not in clean
    assert b"camera" not in clean
    assert set(picture.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "loop",
        "background",
        "timestamp",
        "duration",
    }
    assert picture.size == (20, 40)
    red, _, blue = picture.convert("RGB").getpixel((10, 4))
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_every_mode_comes_back_as_a_picture(mode):
    form = {"CMYK": "JPEG", "F": "TIFF"}.get(mode, "PNG")
    assert opened(clean_picture(written(Image.new(mode, (7, 5)), form))).size == (7, 5)


def test_transparency_of_a_palette_stays():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    clean = opened(clean_picture(written(image, "GIF", transparency=1)))
    assert clean.convert("RGBA").getpixel((1, 1))[3] == 0


def test_too_many_pixels_are_refused_before_they_are_unpacked():
    bomb = written(Image.new("1", (20_000, 20_000)), "PNG")
    started = time.monotonic()
    with pytest.raises(Rejected) as refused:
        clean_picture(bomb)
    assert refused.value.reason == Reason.TOO_LARGE
    assert time.monotonic() - started < 2
    with pytest.raises(Rejected):
        clean_picture(written(Image.new("RGB", (10, 10)), "PNG"), Limits(pixels=99))


def test_the_largest_allowed_picture_is_turned_within_the_memory_limit():
    side = int(Limits().pixels ** 0.5)
    source = written(Image.new("RGB", (side, side - 1)), "JPEG", exif=located("JPEG"))
    assert opened(clean_picture(source)).size == (side - 1, side)


@pytest.mark.parametrize("data", [b"", b"<svg onload='x'/>", b"GIF89a", b"\xff\xd8\xff" + bytes(100), b"%PDF-1.4"])
def test_what_is_no_picture_is_malformed(data):
    with pytest.raises(Rejected) as refused:
        clean_picture(data)
    assert refused.value.reason == Reason.MALFORMED


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 200), st.binary(min_size=1, max_size=8))
def test_damaged_pictures_are_read_or_refused(at, patch):
    good = written(Image.effect_noise((30, 30), 40), "PNG")
    with contextlib.suppress(Rejected):
        clean_picture(good[:at] + patch + good[at + len(patch) :])
