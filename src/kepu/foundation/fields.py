from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from kepu.foundation.scope import BadPath, check_path


def validate_path(value: str) -> None:
    try:
        check_path(value)
    except BadPath as bad:
        raise ValidationError(str(bad)) from bad


class RegionPathField(models.CharField):  # type: ignore[type-arg]
    """Path of a division with root and final slash, like `0/32/3206/`; looked up by prefix."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)
        self.validators.append(validate_path)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else check_path(value)
