from django.apps import AppConfig

from duga.plain.errors import gettext_noop


class IndicatorsConfig(AppConfig):
    name = "duga.indicators"
    label = "indicators"

    def ready(self):
        from duga.members.rules import EVENT_WORDS

        EVENT_WORDS.update(
            {
                "indicators.snapshot_taken": gettext_noop("took a snapshot of the facts"),
                "indicators.release_drafted": gettext_noop("drafted figures"),
                "indicators.released": gettext_noop("released figures"),
                "indicators.release_withdrawn": gettext_noop("withdrew released figures"),
                "indicators.own_figures_asked": gettext_noop("asked for the organisation's own figures"),
                "indicators.own_figures_done": gettext_noop("counted the organisation's own figures"),
                "indicators.own_figures_failed": gettext_noop("could not count the organisation's own figures"),
                "indicators.own_figures_taken": gettext_noop("took the organisation's own figures along as a file"),
            }
        )
