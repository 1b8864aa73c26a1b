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
                "indicators.release_audited": gettext_noop("audited drafted figures: nothing was found"),
                "indicators.release_audit_failed": gettext_noop("audited drafted figures: they may not go out"),
                "indicators.release_checked": gettext_noop("checked figures that somebody else drafted"),
                "indicators.release_returned": gettext_noop("returned drafted figures"),
                "indicators.release_discarded": gettext_noop("threw drafted figures away"),
                "indicators.counting_asked": gettext_noop("asked for something to be counted"),
                "indicators.counting_done": gettext_noop("counted what was asked for"),
                "indicators.counting_failed": gettext_noop("could not count what was asked for"),
                "indicators.table_kept": gettext_noop("kept a table"),
                "indicators.table_shared": gettext_noop("shared a table in the network"),
                "indicators.table_taken": gettext_noop("took a table along as a file"),
                "indicators.table_unshared": gettext_noop("no longer shares a table"),
                "indicators.table_deleted": gettext_noop("deleted a table that was kept"),
                "indicators.table_discarded": gettext_noop("threw a table away"),
                "indicators.tables_discarded": gettext_noop("threw tables away that nobody kept"),
                "indicators.countings_discarded": gettext_noop("forgot what was asked to be counted long ago"),
                "indicators.own_figures_discarded": gettext_noop("deleted organisations' own figures of long ago"),
                "indicators.round_opened": gettext_noop("opened a counting round"),
                "indicators.round_asked": gettext_noop("asked the organisation to take part in a counting round"),
                "indicators.round_agreed": gettext_noop("agreed that the organisation takes part in a counting round"),
                "indicators.round_declined": gettext_noop("declined a counting round for the organisation"),
                "indicators.rounds_agreed": gettext_noop("agreed to every coming counting round"),
                "indicators.rounds_agreement_ended": gettext_noop("ended the agreement to every counting round"),
                "indicators.round_linking": gettext_noop("ended encoding and had a counting round linked"),
                "indicators.round_linked": gettext_noop("linked a counting round and sealed its map"),
                "indicators.round_not_linked": gettext_noop("could not link a counting round"),
                "indicators.round_checked": gettext_noop("checked the result of a counting round"),
                "indicators.round_released": gettext_noop("released the result of a counting round"),
                "indicators.round_cancelled": gettext_noop("cancelled a counting round and destroyed what it held"),
                "indicators.round_closed": gettext_noop("destroyed the map of a counting round"),
                "indicators.released": gettext_noop("released figures"),
                "indicators.release_withdrawn": gettext_noop("withdrew released figures"),
                "indicators.own_figures_asked": gettext_noop("asked for the organisation's own figures"),
                "indicators.own_figures_done": gettext_noop("counted the organisation's own figures"),
                "indicators.own_figures_failed": gettext_noop("could not count the organisation's own figures"),
                "indicators.report_asked": gettext_noop(
                    "asked for a form to be filled from the organisation's records"
                ),
                "indicators.report_done": gettext_noop("filled a form from the organisation's records"),
                "indicators.report_failed": gettext_noop("could not fill a form from the organisation's records"),
                "indicators.report_taken": gettext_noop("took a filled form along as a file"),
                "indicators.own_figures_taken": gettext_noop("took the organisation's own figures along as a file"),
            }
        )
