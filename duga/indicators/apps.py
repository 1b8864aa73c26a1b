from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "duga.indicators"
    label = "indicators"
