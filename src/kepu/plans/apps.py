from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "kepu.plans"
    label = "plans"

    def ready(self) -> None:
        from kepu.plans import actions, menu, receivers, searching, tasks  # noqa: F401 - they register themselves once apps are loaded
