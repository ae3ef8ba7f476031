"""The columns of the room's spreadsheets, the same out and in."""

from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people.models import Kind

Column = foundation.spreadsheets.Column
YES_NO = (("yes", _("yes")), ("no", _("no")))

REGION = Column(
    "region", _("Code of the region"), aliases=("行政区划代码", "区划代码"), max_length=16,
    hint=_("Empty: the region that the list is imported for"), example="990121",
)  # fmt: skip

ORGANISATIONS = (
    REGION,
    Column("name", _("Full name"), required=True, max_length=100, aliases=("单位全称", "单位名称"), example="青禾县教育体育局"),
    Column("short_name", _("Short name"), max_length=60, aliases=("单位简称", "规范简称"), example="县教体局"),
    Column("kind", _("Kind"), kind="choice", required=True, choices=tuple(Kind.choices), aliases=("单位性质",)),
    Column("sort_order", _("Order"), kind="integer", aliases=("序号", "排序"), example="10"),
    Column("is_member", _("Member unit"), kind="choice", choices=YES_NO, example="是"),
    Column("aliases", _("Also written"), kind="list", max_length=100, aliases=("别名", "其他写法"), example="县教委、县教育局"),
    Column("valid_from", _("Valid from"), kind="date"),
)  # fmt: skip

ACCOUNTS = (
    Column("name", _("Person's name"), required=True, max_length=60, example="石新"),
    Column("username", _("Account name"), required=True, max_length=60, aliases=("账号",), example="shi-xin"),
    Column("organisation", _("Organisation"), required=True, max_length=100, aliases=("单位", "工作单位"), example="县教体局"),
    Column("role", _("Role held"), required=True, max_length=30, example="联络员"),
    Column("valid_to", _("Valid to"), kind="date"),
)  # fmt: skip
ACCOUNTS_OUT = (*ACCOUNTS[:2], Column("roles", _("Roles"), kind="list"), Column("state", _("Status")))
