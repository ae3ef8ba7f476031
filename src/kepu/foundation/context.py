from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """What every shell needs: the chosen theme and who is looking."""
    theme = request.COOKIES.get("kepu-theme", "standard")
    return {
        "theme": theme if theme in {"standard", "elder", "dark"} else "standard",
        "actor": getattr(request, "actor", None),
        "plain_http": settings.KEPU_PLAIN_HTTP == "lan",
    }
