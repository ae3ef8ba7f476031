from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "kepu.portal"
    label = "portal"

    def ready(self) -> None:
        from kepu.portal import wiring  # noqa: F401 - registers entries and search once the apps are loaded
