"""Options that several commands read alike."""

import json
import os
from pathlib import Path

import click

from duga.plain.errors import NotFound, Refused, gettext_noop

#: The umask of whoever called, which `cli.main` tightens for all that Duga keeps.
users_umask: int | None = None

BAD_ROWS = click.option(
    "--bad-rows", type=click.Choice(["refuse", "set-aside"]), default="refuse", show_default=True,
    help="One bad row keeps the file out, or the good rows come in and the bad ones go to --rejects.",
)  # fmt: skip
REJECTS = click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), metavar="PATH",
    help="Where rows set aside are written, each with its reasons. Default: beside FILE, name.rejects.xlsx.",
)  # fmt: skip
DRY_RUN = click.option("--dry-run", is_flag=True, help="Check and count; write nothing.")
AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print read, imported, already, rejected, errors as JSON."
)


def words(text: str | None) -> list[str]:
    """The words of `--by a,b`; none where the option was not given."""
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def organisation_named(by, slug):
    """The organisation of `--organisation SLUG`; NotFound names those the person may see."""
    from duga.members.queries import organisation_by_slug, organisations_of

    try:
        return organisation_by_slug(by, slug)
    except NotFound:
        known = ", ".join(each.slug for each in organisations_of(by)) or "-"
        raise NotFound(
            gettext_noop("There is no organisation %(slug)s for this account. These are: %(known)s."),
            slug=slug,
            known=known,
        ) from None


def check_places(written, read) -> None:
    """Refuses before the work begins to write where nothing can be, over what is read, or two things into one file."""
    written, taken = [path for path in written if path], {path.resolve() for path in read if path}
    for path in written:
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise Refused(
                gettext_noop("%(file)s cannot be written: there is no such folder, or it is one."), file=str(path)
            )
        if path.resolve() in taken:
            raise Refused(
                gettext_noop("%(file)s is a file that is read; nothing was written. Give another name."),
                file=str(path),
            )
    if len({path.resolve() for path in written}) < len(written):
        raise Refused(gettext_noop("Two results cannot go into one file; nothing was written. Give another name."))


def to_hand_on(path: Path) -> None:
    """A result that is made to be handed on may be read by whom the caller's own umask lets read."""
    if users_umask is not None:
        path.chmod(0o666 & ~users_umask)


def rejects_beside(path: Path | None, file: Path) -> Path:
    """Where rejects go, known to be writable before anything comes in."""
    path = path or file.with_name(f"{file.stem}.rejects.xlsx")
    if path.resolve() == file.resolve():
        raise Refused("The rejects cannot be written over the file itself: give another --rejects PATH.")
    if not os.access(path if path.exists() else path.resolve().parent, os.W_OK):
        raise Refused("Rows set aside cannot be written to %(path)s: give another --rejects PATH.", path=path)
    return path


def mapping_in(path: Path | None) -> dict | None:
    """What a mapping file says; None where none was given."""
    if path is None:
        return None
    try:
        mapping = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise Refused("The mapping %(path)s is not JSON: %(error)s", path=path, error=error) from None
    if not isinstance(mapping, dict):
        raise Refused('The mapping %(path)s must be one object, for example {"date": "Datum"}.', path=path)
    return mapping
