from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """An account. Residents need none; liaisons reply by link; accounts are for the office."""

    first_name = None
    last_name = None
    name = models.CharField(max_length=60, blank=True)

    class Meta(AbstractUser.Meta):
        pass
