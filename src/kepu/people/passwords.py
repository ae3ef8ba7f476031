"""What a password must be. Two profiles contradict each other, so the installation chooses one (S6).

asvs (default): long enough, not among the common ones, not made of local words; any characters, no forced change.
dengbao: besides, three of four kinds of characters and a new one every 90 days, as inspectors of 等级保护 ask.
"""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kepu.foundation import door as foundation
from kepu.people.models import User
from kepu.regions import door as regions

SHORTEST = 8
LONGER = 15  # below, digits and signs alone are a date or a telephone number
LONGEST = 1000  # refused beyond, never cut
KINDS = ("[a-z]", "[A-Z]", "[0-9]", r"[^a-zA-Z0-9]")
DENGBAO_DAYS = 90

# What people of this trade reach for first, alone or with a year or some digits around it.
LOCAL_WORDS = frozenset(
    [
        "科普",
        "科协",
        "科学素质",
        "科学素质行动",
        "全民科学素质",
        "全民科学素质行动",
        "纲要办",
        "科素办",
        "科技馆",
        "科技协会",
        "密码",
        "管理员",
        "测试",
        "政府",
        "办公室",
        "kepu",
        "kexie",
        "kexuesuzhi",
        "suzhi",
        "kexuesuzhixingdong",
        "gangyaoban",
        "kesuban",
        "kejiguan",
        "kejixiehui",
        "admin",
        "administrator",
        "root",
        "mima",
        "password",
        "passwd",
        "test",
        "ceshi",
        "guanliyuan",
        "zhengfu",
        "bangongshi",
        "woaini",
        "woaizhongguo",
        "zhongguo",
        "zhonghua",
        "qwer",
        "qwert",
        "qwerty",
        "asdf",
        "asdfgh",
        "zxcv",
        "zxcvbn",
        "qazwsx",
        "abc",
        "abcd",
        "a",
        "aa",
        "aaa",
        "abcdef",
        "welcome",
        "huanying",
    ]
)
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class LengthValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(_("Use at least %(n)s characters; 15 or more are better.") % {"n": SHORTEST})
        if len(password) > LONGEST:
            raise ValidationError(_("Use at most %(n)s characters.") % {"n": LONGEST})

    def get_help_text(self) -> str:
        return _("At least %(n)s characters; 15 or more are better, and a sentence is easy to remember.") % {
            "n": SHORTEST
        }


class LocalWordsValidator:
    """Refuses local words, names of divisions and the person's own names with nothing but digits and signs around."""

    def validate(self, password: str, user: User | None = None) -> None:
        word = _AROUND.sub("", password).casefold()
        dates_and_numbers = not word and len(password) < LONGER
        if dates_and_numbers or word in LOCAL_WORDS | self._names(user) or (word and regions.is_named(word)):
            raise ValidationError(_("This password is too easy to guess here: a common word or name with digits."))

    def _names(self, user: User | None) -> set[str]:
        return {name.casefold() for name in (user.username, user.name) if name} if user else set()

    def get_help_text(self) -> str:
        return _("Not a name or a word of daily work with some digits.")


class CompositionValidator:
    """Three of four kinds of characters; asked only under the profile dengbao."""

    def validate(self, password: str, user: User | None = None) -> None:
        if asks_for_dengbao() and sum(bool(re.search(k, password)) for k in KINDS) < 3:
            raise ValidationError(_("Use three of: small letters, capital letters, digits, other characters."))

    def get_help_text(self) -> str:
        return ""


def asks_for_dengbao() -> bool:
    profile: str = settings.KEPU_PASSWORD_PROFILE
    return profile == "dengbao"


def must_change(user: User) -> bool:
    """Whether the profile asks for a new password now."""
    if not asks_for_dengbao() or user.password_changed_at is None:
        return False
    return (foundation.clock.now() - user.password_changed_at).days >= DENGBAO_DAYS
