"""Line icons of our own on a 20 × 20 grid, drawn into the page so that they follow ink, theme and forced colours."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "arrow-down": "M10 4v12M5 11l5 5 5-5",
    "arrow-up": "M10 16V4M5 9l5-5 5 5",
    "bell": "M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3",
    "building": "M4 17V4h8v13M12 8h4v9M2.5 17h15M7 7h2M7 10h2M7 13h2",
    "calendar": "M3.5 5.5h13v11h-13zM3.5 8.5h13M7 3.5v3M13 3.5v3",
    "check": "M4 10.5l4 4 8-9",
    "chevron": "M7.5 4.5l5.5 5.5-5.5 5.5",
    "clock": "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 5.5V10l3 2",
    "close": "M5 5l10 10M15 5L5 15",
    "contrast": "M10 2.5a7.5 7.5 0 1 0 0 15zM10 2.5a7.5 7.5 0 0 1 0 15",
    "document": "M5 2.5h7l3 3v12H5zM12 2.5v3h3M7.5 9h5M7.5 12h5",
    "down": "M5 8l5 5 5-5",
    "download": "M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13",
    "home": "M3 9.5L10 3.5l7 6M5 8.5v8h10v-8M8.5 16.5v-4h3v4",
    "info": "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 9v5M10 6v.5",
    "large-type": "M2.5 16L7 4l4.5 12M4 12h6M13 16l2.5-6.5L18 16M14 14h3",
    "list": "M7 5h10M7 10h10M7 15h10M3 5h.5M3 10h.5M3 15h.5",
    "lock": "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
    "menu": "M3 5.5h14M3 10h14M3 14.5h14",
    "person": "M10 3a3.25 3.25 0 1 0 0 6.5A3.25 3.25 0 0 0 10 3M3.5 17c.5-3.5 3-5 6.5-5s6 1.5 6.5 5",
    "print": "M6 7V3h8v4M6 14H3.5V7h13v7H14M6 12h8v5H6z",
    "search": "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4",
    "sort": "M6 8l4-4 4 4M6 12l4 4 4-4",
    "undo": "M7.5 4L3.5 8l4 4M3.5 8H12a4.5 4.5 0 0 1 0 9H8",
    "upload": "M10 13V4M6 7.5l4-4 4 4M3.5 16.5h13",
    "warning": "M10 3L1.8 17h16.4zM10 8v4M10 14.3v.5",
    # states differ in shape, so that colour is never needed to tell them apart
    "state-todo": "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14",
    "state-active": "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6a4 4 0 0 1 0 8z",
    "state-done": "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M6.5 10.2l2.5 2.5 4.5-5",
    "state-warn": "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6.5V11M10 13.2v.5",
    "state-bad": "M10 3L1.8 17h16.4zM10 8v4M10 14.3v.5",
}


def icon(name: str) -> SafeString:
    """The picture called `name` as decoration; the words beside it carry the meaning. Raises KeyError if unknown."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        mark_safe(PATHS[name]),  # noqa: S308 - a constant of this file
    )
