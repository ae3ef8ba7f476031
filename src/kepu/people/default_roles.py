"""The roles that a fresh installation starts with. They are rows: an office may change a bundle, this table stays as it is.

Three that must not meet in one bundle (S11): the system administrator keeps the machine, the auditor reads the log and
changes nothing, and the office does the business.
"""

from dataclasses import dataclass

from kepu.people.models import Reach, Role

_OFFICE = (
    "plan.read", "plan.import", "plan.review", "plan.issue", "plan.publish", "regions.manage", "people.manage", "jobs.read",
)  # fmt: skip


@dataclass(frozen=True)
class DefaultRole:
    key: str
    name: str  # Chinese: roles are data, named in the language of the office
    actions: tuple[str, ...]
    reach: str = Reach.REGION
    needs_second_factor: bool = True


DEFAULT_ROLES = (
    DefaultRole("office_head", "纲要办负责人", (*_OFFICE, "people.tenants")),
    DefaultRole("clerk", "纲要办经办人", tuple(a for a in _OFFICE if a not in {"plan.issue", "regions.manage"})),
    DefaultRole("leader", "分管领导", ("plan.read",)),
    DefaultRole("statistician", "统计员", ("plan.read", "jobs.read")),
    DefaultRole("inspector", "督查员", ("plan.read",)),
    DefaultRole("liaison", "联络员", ("plan.read",), Reach.ORGANISATION, needs_second_factor=False),
    DefaultRole("system_admin", "系统管理员", ("system.manage", "jobs.read")),
    DefaultRole("auditor", "安全审计员", ("audit.read",)),
)


def install() -> None:
    """Make the roles that are missing; a role that exists is the office's own and stays untouched. Safe to repeat."""
    present = set(Role.objects.values_list("key", flat=True))
    Role.objects.bulk_create(
        Role(
            key=role.key, name=role.name, actions=list(role.actions), reach=role.reach,
            needs_second_factor=role.needs_second_factor, sort_order=place,
        )
        for place, role in enumerate(DEFAULT_ROLES)
        if role.key not in present
    )  # fmt: skip
