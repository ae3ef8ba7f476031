"""The only clock of the rooms, so that a test can stop it. Stored times are UTC; days are those of Asia/Shanghai."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """This moment, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The day that a wall calendar shows in the installation's time zone."""
    return timezone.localdate(now())
