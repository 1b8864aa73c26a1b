"""What the trail calls the events of the directory, after the name of who acted."""

from duga.plain.errors import gettext_noop

EVENT_WORDS = {
    "directory.campaign_closed": gettext_noop("closed a campaign of verification"),
    "directory.campaign_opened": gettext_noop("opened a campaign of verification"),
    "directory.capacity_updated": gettext_noop("said how many places are free"),
    "directory.disagreement_decided": gettext_noop("decided which of two sources is right"),
    "directory.duplicate_decided": gettext_noop("decided whether two entries are one"),
    "directory.imported": gettext_noop("brought a directory in"),
    "directory.link_made": gettext_noop("made a link to confirm services by"),
    "directory.link_revoked": gettext_noop("withdrew a link to confirm services by"),
    "directory.merge_undone": gettext_noop("took apart what had been merged"),
    "directory.merged": gettext_noop("merged two entries of the directory"),
    "directory.place_closed": gettext_noop("closed a confidential place"),
    "directory.place_kept": gettext_noop("kept a confidential place under seal"),
    "directory.place_opened": gettext_noop("looked at a confidential place"),
    "directory.proposal_decided": gettext_noop("decided on a proposed change"),
    "directory.proposed": gettext_noop("proposed a change of the directory"),
    "directory.provider_added": gettext_noop("added a provider to the directory"),
    "directory.provider_changed": gettext_noop("changed a provider in the directory"),
    "directory.reindexed": gettext_noop("made the search index of the directory anew"),
    "directory.report_settled": gettext_noop("answered a reader's report"),
    "directory.reported": gettext_noop("told that an entry is wrong"),
    "directory.report_opened": gettext_noop("read what a reader wrote"),
    "directory.service_added": gettext_noop("added a service to the directory"),
    "directory.service_changed": gettext_noop("changed a service in the directory"),
    "directory.loaded": gettext_noop("loaded many entries of the directory"),
    "directory.source_added": gettext_noop("added a source of the directory"),
    "directory.terms_loaded": gettext_noop("loaded the lists of terms that come with Duga"),
    "directory.translated": gettext_noop("translated texts of the directory"),
    "directory.verified": gettext_noop("confirmed that a service is as it is told"),
}
