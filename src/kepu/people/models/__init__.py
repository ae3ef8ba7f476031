"""Who works here: accounts, the bodies they work for, and the roles that tie one to the other."""

from kepu.people.models.accounts import PersonToken, Slip, User
from kepu.people.models.memberships import Membership, Reach, Role
from kepu.people.models.organisations import (
    Kind,
    Level,
    Organisation,
    OrganisationAlias,
    OrganisationChange,
    OrganisationSuccession,
)

__all__ = [
    "Kind",
    "Level",
    "Membership",
    "Organisation",
    "OrganisationAlias",
    "OrganisationChange",
    "OrganisationSuccession",
    "PersonToken",
    "Reach",
    "Role",
    "Slip",
    "User",
]
