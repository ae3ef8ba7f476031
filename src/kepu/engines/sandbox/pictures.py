"""Pictures: re-encoded, so that only pixels survive (no EXIF, no GPS, no script behind the image data)."""

from __future__ import annotations

import io
from typing import Any

from .limits import DEFAULT, Limits, Reason, Rejected
from .process import run_limited

_READ = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
# What was read -> what is written. Animated pictures keep their first frame; MPO is a phone's JPEG with two pictures.
_WRITTEN_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG", "BMP": "PNG", "TIFF": "PNG"}

_MODES = {
    "JPEG": ("RGB", "L", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "PNG": ("RGB", "RGBA", "L", "LA", "P", "1"),
}
_SETTINGS: dict[str, dict[str, Any]] = {"JPEG": {"quality": 88}, "WEBP": {"quality": 88}, "PNG": {}}


def clean_picture(data: bytes, limits: Limits = DEFAULT) -> bytes:
    """Re-encode a JPEG, PNG, WebP, GIF, BMP or TIFF picture in a limited child, upright and without any metadata.

    Returns JPEG for JPEG, WebP for WebP and PNG for the rest. Raises Rejected: TOO_LARGE above `limits.pixels`
    (judged from the header, before a pixel is unpacked), MALFORMED for anything that is not a whole picture.
    """
    return run_limited(f"{__name__}:reencode", data, limits, options={"pixels": limits.pixels})


def reencode(data: bytes, *, pixels: int) -> bytes:
    """The child's part of `clean_picture`."""
    # Slow imports, and only the child needs them. The last two register their formats and keep out forty others.
    from PIL import Image, ImageOps, TiffImagePlugin, WebPImagePlugin  # noqa: F401

    Image.MAX_IMAGE_PIXELS = None  # the limit below takes its place
    with Image.open(io.BytesIO(data), formats=_READ) as picture:
        if picture.width * picture.height > pixels:
            raise Rejected(Reason.TOO_LARGE, f"{picture.width} x {picture.height} pixels")
        form = _WRITTEN_AS[picture.format or ""]
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        bare: Image.Image = picture if picture.mode in _MODES[form] else picture.convert("RGB")
        # Pillow writes metadata out of `info` alone; the transparent colour of a palette belongs to the pixels.
        bare.info = {key: value for key, value in bare.info.items() if key == "transparency"}
        written = io.BytesIO()
        bare.save(written, form, **_SETTINGS[form])
    return written.getvalue()
