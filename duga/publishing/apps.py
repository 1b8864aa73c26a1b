from django.apps import AppConfig

from duga.plain.errors import gettext_noop


class PublishingConfig(AppConfig):
    name = "duga.publishing"
    label = "publishing"

    def ready(self):
        from duga.members.rules import EVENT_WORDS

        EVENT_WORDS["publishing.figures_loaded"] = gettext_noop("loaded figures that others published")
