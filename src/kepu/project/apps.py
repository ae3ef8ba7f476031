from datetime import timedelta

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "kepu.project"
    label = "project"

    def ready(self) -> None:
        from kepu.foundation import door as foundation
        from kepu.project import backup, installation

        installation.declare()
        foundation.ticks.register("system.backup", timedelta(days=1), backup.order_daily)
