from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "kepu.regions"
    label = "regions"

    def ready(self) -> None:
        from kepu.regions import actions  # noqa: F401 - registers the actions; models load only now
