from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "duga.ui"
    label = "ui"
