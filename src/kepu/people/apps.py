from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "kepu.people"
    label = "people"

    def ready(self) -> None:
        from kepu.foundation import door as foundation
        from kepu.people import actions, menu  # noqa: F401 - register themselves; models load only now
        from kepu.people.actors import home_of
        from kepu.people.door import actor_of
        from kepu.people.sheets import AccountSheet, OrganisationSheet

        foundation.actors.provide(actor_of)
        foundation.audit.locate_accounts(home_of)
        foundation.audit.declare_personal("person")
        foundation.spreadsheets.register(OrganisationSheet())
        foundation.spreadsheets.register(AccountSheet())
        post_migrate.connect(install_roles, sender=self)


def install_roles(**_kwargs: Any) -> None:
    from kepu.people import default_roles

    default_roles.install()
