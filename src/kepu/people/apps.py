from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "kepu.people"
    label = "people"

    def ready(self) -> None:
        from kepu.foundation import door as foundation
        from kepu.people import actions  # noqa: F401 - registers the actions; models load only now
        from kepu.people.door import actor_of

        foundation.actors.provide(actor_of)
        post_migrate.connect(install_roles, sender=self)


def install_roles(**_kwargs: Any) -> None:
    from kepu.people import default_roles

    default_roles.install()
