"""Refusals: what the system will not do, in words that a clerk understands."""

from typing import Any

from django.utils.functional import Promise


class Refusal(Exception):
    """A clear no from a service. Subclasses set `code` (stable, dotted) and `sentence` (translatable, may hold %(name)s).

    `where` names the form field it belongs to, if any. The middleware turns it into a readable page with `status`.
    """

    code: str = "refused"
    sentence: str | Promise = ""
    status: int = 409
    template: str = "foundation/refusal.html"  # a room may say more than the sentence
    retry_after: int = 0  # seconds; sent along where waiting helps

    def __init__(self, *, where: str = "", **values: Any) -> None:
        self.where = where
        self.values = values
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.sentence) % self.values if self.values else str(self.sentence)
