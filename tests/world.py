"""Something on every shelf, put there by actions: each stage adds what its pages need to be opened once."""


def furnish(cast):
    """Adds to the cast what the pages show; each stage's part is a function of its own."""
    furnish_places(cast)


def furnish_places(cast):
    """A file of areas that the secretariat sent and has not loaded yet."""
    from duga.places.actions import keep_upload

    told = {"country_code": "SI", "scheme": "national", "kind": "region", "name": "areas.csv"}
    cast.area_file = keep_upload(by=cast.viewer("secretariat"), data=b"code,name\nA,Gornja\n", **told).pk
