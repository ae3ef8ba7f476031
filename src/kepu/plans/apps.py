from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _install_duties(**_kwargs: Any) -> None:
    from kepu.plans import duties

    duties.install()


class PlansConfig(AppConfig):
    name = "kepu.plans"
    label = "plans"

    def ready(self) -> None:
        from kepu.plans import (  # noqa: F401 - they register themselves once apps are loaded
            actions,
            logwords,
            menu,
            receivers,
            searching,
            sheets,
            tasks,
        )

        post_migrate.connect(_install_duties, sender=self)
