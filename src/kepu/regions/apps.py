from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "kepu.regions"
    label = "regions"

    def ready(self) -> None:
        from kepu.foundation import door as foundation
        from kepu.regions import actions, menu  # noqa: F401 - register themselves; models load only now
        from kepu.regions.sheets import DivisionSheet

        foundation.spreadsheets.register(DivisionSheet())
