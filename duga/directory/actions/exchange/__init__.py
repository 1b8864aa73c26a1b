"""Exchange with other directories: bringing in HSDS files, lists and feeds."""

from duga.directory.actions.exchange.feeds import import_feed
from duga.directory.actions.exchange.outcome import Outcome
from duga.directory.actions.exchange.run import import_hsds, import_list
from duga.directory.actions.exchange.staging import bring_staged, discard_old_staged, discard_staged, stage_file

__all__ = [
    "Outcome",
    "bring_staged",
    "discard_old_staged",
    "discard_staged",
    "import_feed",
    "import_hsds",
    "import_list",
    "stage_file",
]
