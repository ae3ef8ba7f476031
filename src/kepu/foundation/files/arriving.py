"""Uploads while they arrive."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class Bounded(FileUploadHandler):
    """Refuses a request that is larger than any upload may be before its bytes reach the disk.

    The limit of the purpose is checked later; this one keeps a stranger from filling the disk.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - the framework's name for it
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        largest = max(settings.KEPU_UPLOAD_MB.values()) << 20
        # Several files of one form share the request.
        if content_length > 4 * largest:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
