"""What a unit tells of its service, and the words that tell nothing."""

from duga.casework.rules.ledger import USUAL_UNIT

#: The service a unit is usually given in, where a list names only what was given.
USUAL_SERVICE = {
    **dict.fromkeys(
        ["hygiene_kit", "meal", "medicine", "mask", "blanket", "clothing", "voucher", "cash", "firewood", "piece",
         "kilogram"],
        "parcel_distribution",
    ),
    **{unit: service for service, unit in reversed(USUAL_UNIT.items())},
    "bed": "shelter", "transport": "errands", "workshop": "education_support", "information": "information_referral",
    "visit": "home_visit",
}  # fmt: skip

#: Said of a word of the file: pay no attention to it, the cell counts as empty.
IGNORE = "-"
#: Says only that things were counted one by one; where the service tells which things, it tells more.
PIECE = "piece"
OF_THINGS = frozenset({"parcel_distribution", "education_support"})  #: services in which a piece may be any thing
