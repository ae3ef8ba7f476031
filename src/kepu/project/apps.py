from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "kepu.project"
    label = "project"
