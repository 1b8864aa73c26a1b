from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "duga.publishing"
    label = "publishing"
