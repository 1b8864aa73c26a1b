"""Exchange with other directories: bringing in HSDS files, lists and feeds."""

from duga.directory.actions.exchange.feeds import import_feed
from duga.directory.actions.exchange.outcome import Outcome
from duga.directory.actions.exchange.run import import_hsds, import_list

__all__ = ["Outcome", "import_feed", "import_hsds", "import_list"]
