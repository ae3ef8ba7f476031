"""The only clock of the rooms, so that a test can stop it. Stored times are UTC; days are those of Asia/Shanghai."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone

# What a test replaces; `now` itself is bound into model fields as their default.
source: Callable[[], datetime] = timezone.now


def now() -> datetime:
    """This moment, aware, in UTC."""
    return source()


def today() -> date:
    """The day that a wall calendar shows in the installation's time zone."""
    return timezone.localdate(now())
