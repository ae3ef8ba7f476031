from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from kepu.foundation.access import PUBLIC, access
from kepu.foundation.files import stored

# Types that a program shows as a document; everything else goes out as bytes without a meaning.
_NAMED = (
    "image/",
    "application/pdf",
    "application/msword",
    "application/vnd.",
    "application/ofd",
    "text/csv",
    "text/plain",
)


@require_safe
@access(PUBLIC)  # the owner's rule decides; a file that may not be read looks like one that is not there
def download(request: HttpRequest, public: str) -> HttpResponseBase:
    """Send a file to be saved, never to be shown inside the site: a page hidden in it could act in the reader's name."""
    file = stored.download(public, request.actor)
    if file is None or not file.path.exists():
        raise Http404
    etag = f'"{file.sha256}"'
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        content_type = file.media_type if file.media_type.startswith(_NAMED) else "application/octet-stream"
        # The response closes the file when it has been sent.
        response = FileResponse(file.path.open("rb"), as_attachment=True, filename=file.name, content_type=content_type)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
