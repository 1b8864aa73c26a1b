"""Something on every shelf, put there by actions: each stage adds what its pages need to be opened once."""


def furnish(cast):
    """Adds to the cast what the pages show; each stage's part is a function of its own."""
    furnish_members(cast)
    furnish_places(cast)


def furnish_members(cast):
    """An invitation that waits, and a link to set a new password."""
    from duga.members import actions, queries
    from duga.members.rules import Role

    by = cast.viewer("coordinator")
    cast.invitation = actions.invite(by=by, of=cast.niksic, role=Role.FIELD_WORKER, name="Mira")
    cast.invitation_token = queries.invitation_token(by, cast.invitation)
    cast.recovery_token = actions.make_recovery_link(by=by, account=cast.accounts["worker"])[1]


def furnish_places(cast):
    """A file of areas that the secretariat sent and has not loaded yet."""
    from duga.places.actions import keep_upload

    told = {"country_code": "SI", "scheme": "national", "kind": "region", "name": "areas.csv"}
    cast.area_file = keep_upload(by=cast.viewer("secretariat"), data=b"code,name\nA,Gornja\n", **told).pk
