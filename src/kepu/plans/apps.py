from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "kepu.plans"
    label = "plans"

    def ready(self) -> None:
        from kepu.plans import (  # noqa: F401 - they register themselves once apps are loaded
            actions,
            menu,
            receivers,
            searching,
            sheets,
            tasks,
        )
