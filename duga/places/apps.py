from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "duga.places"
    label = "places"
