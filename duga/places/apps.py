from django.apps import AppConfig

from duga.plain.errors import gettext_noop


class PlacesConfig(AppConfig):
    name = "duga.places"
    label = "places"

    def ready(self):
        from duga.members.rules import EVENT_WORDS

        EVENT_WORDS.update(
            {
                "places.file_sent": gettext_noop("sent a file of areas"),
                "places.scheme_loaded": gettext_noop("loaded areas"),
                "places.shipped_loaded": gettext_noop("loaded the areas that come with Duga"),
            }
        )
