from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "duga.web"
    label = "web"
