from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "kepu.plans"
    label = "plans"

    def ready(self) -> None:
        from kepu.plans import actions  # noqa: F401 - registers the room's actions once apps are loaded
