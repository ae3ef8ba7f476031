"""Themes: the same pages under other custom properties, kept in a cookie that outlives sign-in and sign-out."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEMES = ("standard", "elder", "dark")
SIZES = ("20", "24", "30")  # pixels of the elder theme's body text
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Look:
    theme: str = "standard"
    size: str = SIZES[0]


def cookie_name() -> str:
    return "__Host-kepu-look" if settings.SESSION_COOKIE_SECURE else "kepu-look"


def chosen(request: HttpRequest) -> Look:
    """The look that this browser chose; anything unknown in the cookie counts as not chosen."""
    theme, _, size = request.COOKIES.get(cookie_name(), "").partition("-")
    return Look(theme if theme in THEMES else "standard", size if size in SIZES else SIZES[0])


def keep(response: HttpResponse, look: Look) -> None:
    response.set_cookie(
        cookie_name(),
        f"{look.theme}-{look.size}",
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
