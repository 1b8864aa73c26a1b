"""One person, many organisations: records that mean the same person, found without a name leaving the house.

    from duga.evidence import linkage

    # Inside the walls: the round's key, and what the columns hold.
    linkage.encode(rows, {"given": "first name", "born": "date of birth"}, key, "mine.parquet")
    # Outside: no key, no names, only files.
    linked = linkage.link(["mine.parquet", "yours.parquet"])
    linked.estimate()  # how many people, from … to …

`values` reads what clerks wrote, `keys` holds the keyed functions, `blocking` says who may be compared at all,
`encoding` writes the file, `model` is the probabilistic model, `linking` and `clusters` find people, `estimating`
says how many there are. Encoding and linking share nothing but the file. DuckDB, Splink, NumPy and Arrow are imported
where they are used.
"""

from duga.evidence.linkage.encoding import Encoded, encode
from duga.evidence.linkage.estimating import Estimate, estimate
from duga.evidence.linkage.linking import Linked, link
from duga.evidence.linkage.values import ROLES

__all__ = ["ROLES", "Encoded", "Estimate", "Linked", "encode", "estimate", "link"]
