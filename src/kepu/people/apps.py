from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kepu.people"
    label = "people"
