"""The order of the house, told once.

Settings, the import contracts, the architecture test and the picture in README all read it from here.
A stage may use the stages before it, never one after it. Stages in one tuple do not know each other.
"""

#: Helpers for everyone; they know no stage.
FOUNDATION = ("plain", "evidence", "vault", "ui")

#: collect → record → count → judge → publish, first to last. A stage that holds no code yet has no folder.
ORDER = (
    ("members",),
    ("places",),
    ("directory",),
    ("surveys",),
    ("casework", "grants", "events"),
    ("plans",),
    ("indicators",),
    ("assessments",),
    ("publishing",),
    ("web",),
)

#: The stages that hold code now, in order.
FLOW = ("members", "places", "directory", "surveys", "casework", "indicators", "publishing", "web")
