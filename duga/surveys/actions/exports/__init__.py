"""Answers that leave the house, each time with an entry in the trail: files, and feeds by key."""

from duga.surveys.actions.exports.exporting import export_answers, export_apart, sheets_of
from duga.surveys.actions.exports.feeding import FeedPage, read_feed
from duga.surveys.actions.exports.importing import Imported, import_answers
from duga.surveys.actions.exports.keys import Made, feed_viewer, make_feed, revoke_feed

__all__ = [
    "FeedPage",
    "Imported",
    "Made",
    "export_answers",
    "export_apart",
    "feed_viewer",
    "import_answers",
    "make_feed",
    "read_feed",
    "revoke_feed",
    "sheets_of",
]
