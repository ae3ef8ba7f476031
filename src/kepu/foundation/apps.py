from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class FoundationConfig(AppConfig):
    name = "kepu.foundation"
    label = "foundation"

    def ready(self) -> None:
        from kepu.foundation import duties, guards, receivers  # noqa: F401 - importing connects the receivers

        duties.declare()
        pre_migrate.connect(guards.before_migrate, sender=self, dispatch_uid="kepu-guards")
        post_migrate.connect(guards.after_migrate, sender=self, dispatch_uid="kepu-guards")
