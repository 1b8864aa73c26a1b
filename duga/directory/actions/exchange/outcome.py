"""What an import says of itself."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """How many rows were read, came in, were there already, changed something, stayed out; and why.

    `errors` and `notes` are rules.hsds.Fault: str() says what is wrong, `.place` (file, row, path), `.entity` and
    `.column` where. `numbers` {entity: rows that came in}; `changed` and `disagreements` count fields of known entries.
    """

    read: int = 0
    imported: int = 0
    already: int = 0
    rejected: int = 0
    changed: int = 0
    disagreements: int = 0
    loose: int = 0  #: hang on nothing we know: kept apart
    errors: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    numbers: Counter = field(default_factory=Counter)
    source_id: object = None
    stopped: bool = False  #: bad rows kept everything out
    rejects: bytes | None = None
    columns: dict = field(default_factory=dict)  #: of a list: {field: its column}
    heads: list = field(default_factory=list)  #: of a list: all its columns
