from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "kepu.project"
    label = "project"

    def ready(self) -> None:
        from kepu.project import installation

        installation.declare()
