from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "kepu.foundation"
    label = "foundation"
