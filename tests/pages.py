"""Who gets in where: one line per address. `tests/test_pages.py` opens each as every persona.

Every named URL pattern must stand here, or the build fails. `who` names the personas of `tests/conftest.py` who get in:
EVERYONE (also visitors), SIGNED_IN, or names. Everyone else is sent to sign in (visitors), told that it is not there
(404: not theirs to see) or that their role does not allow it (403).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

EVERYONE = "everyone"
SIGNED_IN = "signed in"

WORKERS = "worker operator manager coordinator"
ORGANISATION = f"{WORKERS} national secretariat reviewer observer"  #: who may see that `niksic` is there


@dataclass(frozen=True)
class Page:
    """An address: who gets in, with which arguments (from the world), by which method."""

    who: str
    args: Callable = field(default=lambda world: {})
    method: str = "get"
    data: dict = field(default_factory=dict)


def of_niksic(world):
    """Pages of the organisation that most of the cast works in."""
    return {"slug": world.niksic.slug}


#: Addresses of libraries whose own tests cover them; each with the reason it is not opened here.
NOT_OPENED: dict[str, str] = {}

PAGES: dict[str, Page] = {
    # web
    "web:health": Page(EVERYONE),
    # places
    "places:overview": Page("secretariat"),
    "places:country": Page("secretariat", lambda world: {"code": "RS"}),
    "places:load": Page("secretariat"),
    "places:mapping": Page("secretariat", lambda world: {"upload_id": world.area_file}),
}
