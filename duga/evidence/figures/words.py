"""What the kinds of findings are called where people read them; `KINDS` is also the closed list of kinds."""

from duga.plain.errors import gettext_noop

KINDS = {
    "sum": gettext_noop("the parts add up otherwise"),
    "share": gettext_noop("another share"),
    "share_base": gettext_noop("share of the wrong base"),
    "change": gettext_noop("another change"),
    "change_base": gettext_noop("change over the wrong base"),
    "points": gettext_noop("percent and percentage points mixed up"),
    "mean": gettext_noop("another mean"),
    "mean_base": gettext_noop("mean over the wrong base"),
    "rounding": gettext_noop("wrongly rounded"),
    "part": gettext_noop("a part greater than its whole"),
    "partial": gettext_noop("a part list above the whole"),
    "conflict": gettext_noop("sources differ"),
    "restated": gettext_noop("published anew with another value"),
    "falling": gettext_noop("a running count has fallen"),
    "qualifier": gettext_noop("a bound was lost"),
    "unit": gettext_noop("unlike units"),
    "place": gettext_noop("another place"),
    "period": gettext_noop("another time"),
    "double": gettext_noop("counted twice"),
    "unknown": gettext_noop("points at nothing"),
    "self": gettext_noop("points at itself"),
    "circular": gettext_noop("in a circle"),
    "relation": gettext_noop("the relation cannot be read"),
    "duplicate": gettext_noop("the same id twice"),
    "unreadable": gettext_noop("cannot be read"),
}
