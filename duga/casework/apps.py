from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "duga.casework"
    label = "casework"
