"""`duga messages`: gather the texts of the house, write Serbian in its other script, compile. For developers.

docs/translation.md says how to translate. Needs GNU gettext and babel (`make env`); who runs Duga needs neither, the
compiled catalogues are committed.
"""

import shutil
from contextlib import chdir
from pathlib import Path

import click

from config.cli import django_ready

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
#: Languages with a catalogue that people write; sr is written in Cyrillic.
WRITTEN = ("sr", "sq", "mk", "bs", "hr", "ar")
#: Complete before anything is released.
COMPLETE = ("sr",)
#: At least the field worker's screens and the public pages; texts await a native speaker until their mark is gone.
FIELD_WORKER = ("sq", "mk", "bs")
#: Languages of the public finder: their catalogues hold what a visitor of /services/ meets, and no more.
FINDER = ("fa", "prs", "ps", "ur", "ckb", "kmr", "tr", "fr")
REVIEW = "awaits review by a native speaker"
#: Commands speak English to operators; what is invented for the demo is not translated.
IGNORED = [
    "config/*",
    "tests/*",
    "var/*",
    "build/*",
    "demo/*",
    "benchmarks/*",
    "scripts/*",
    ".*",
    "*/styleguide*",
    "docs/*",
]
#: What a field worker meets, from the invitation to the record: texts from files that begin like this.
FIELD_WORKER_FILES = (
    "duga/ui/",
    "duga/plain/dates",
    "duga/plain/numbers",
    *[
        f"duga/casework/templates/casework/{page}"
        for page in ("add", "edit", "find", "group", "household", "institution", "list", "person", "record", "tally")
    ],
    *[f"duga/casework/forms/{part}" for part in ("fields", "lists", "people")],
    *[f"duga/casework/views/{part}" for part in ("lists", "people", "recording", "shown")],
    *[f"duga/casework/actions/{part}" for part in ("_help", "households", "ledger", "lists", "people")],
    *[f"duga/casework/rules/{part}" for part in ("codes", "ledger", "people", "copying")],
    "duga/casework/actions/accountability/copying",  # what she is handed, in her language
    "duga/casework/templates/casework/bases/_guardians",
    *[f"duga/web/templates/{page}" for page in ("account/", "mfa/", "usersessions/", "web/workspace", "web/error")],
    *[f"duga/casework/{part}" for part in ("templates/casework/shift/", "views/shift", "rules/devices")],
    *[f"duga/casework/templates/casework/{page}/" for page in ("parties", "requests")],
    *[f"duga/casework/templates/casework/referrals/{page}." for page in ("board", "whom", "way", "refer", "row")],
    *[f"duga/casework/{part}" for part in ("forms/parties", "forms/requests", "rules/requests/", "views/requests/")],
    "duga/casework/views/pathway_drawing",
    "duga/casework/actions/devices",
    *[f"duga/casework/{part}" for part in ("templates/casework/phone/", "views/volunteers/phone", "rules/pins")],
    *[f"duga/casework/actions/volunteers/{part}" for part in ("access", "errands", "letters")],
    "duga/casework/forms/volunteers",
    "duga/vault/letters",
    "duga/casework/templates/casework/accountability/my_reads",
    "duga/web/context",
    "duga/web/errors",
    "duga/web/navigation",
    "duga/web/templates/web/locked",
    *[f"duga/members/templates/members/{page}" for page in ("account", "notices")],
    "duga/members/adapters/passwords",
    "duga/members/actions/notices",
    "duga/members/actions/roles",
    "duga/members/views/own",
    "duga/members/templates/members/invitation.html",
    "duga/members/templates/members/recovery.html",
    "duga/members/templates/members/forgotten.html",
    *[f"duga/surveys/{part}" for part in ("templates/surveys/filling/list", "views/filling/signed_in")],
)
#: What a visitor of /services/, of /feedback/ and of a form by its link meets, complete in the finder's languages…
FINDER_FILES = (
    *[f"duga/directory/{part}/finder" for part in ("queries", "templates/directory")],
    "duga/directory/views/finder",
    *[f"duga/casework/templates/casework/feedback/{page}." for page in ("page", "printed", "answer", "code")],
    *[f"duga/casework/{part}/feedback.py" for part in ("forms", "rules")],
    *[f"duga/surveys/templates/surveys/filling/{page}." for page in ("frame", "gone", "page", "plain", "words")],
    *[f"duga/surveys/{part}" for part in ("rules/asking", "views/filling/by_link", "views/filling/without_scripts")],
)
#: What anyone meets on the public pages.
PUBLIC_FILES = (
    "duga/publishing/",
    "duga/indicators/queries/counting",
    *FINDER_FILES,
    *[f"duga/web/templates/web/{page}" for page in ("home", "about")],
    *[f"duga/directory/templates/directory/keep/{page}." for page in ("confirm", "letter")],  # whoever gets a link
    "duga/casework/templates/casework/referrals/guest",
)
#: … and what its catalogues hold besides: the frame, as far as it is translated, and what can be reported.
FINDER_FRAME = (
    *[f"duga/ui/templates/ui/{part}" for part in ("base", "components/masthead", "components/colophon")],
    "duga/ui/templates/ui/components/breadcrumbs",
    "duga/directory/rules/kinds",
)
FINDER_TEXTS = ("Evidence", "What is Duga?")  # where else one can go from there
#: Locales that babel knows by another name.
NAMES = {"prs": "fa_AF"}


def locale_of(code: str):
    """Babel's locale of one of ours: its name and its plurals."""
    from babel import Locale

    return Locale.parse(NAMES.get(code, code))


def path_of(locale: str) -> Path:
    """The catalogue of a locale ("sr_Latn")."""
    return LOCALE / locale / "LC_MESSAGES" / "django.po"


def read(locale: str):
    """A catalogue as babel reads it."""
    from babel.messages.pofile import read_po

    with open(path_of(locale), "rb") as file:
        catalogue = read_po(file, domain="django")
    catalogue.locale = locale_of(locale)
    return catalogue


def write(locale: str, catalogue) -> None:
    """Write a catalogue the same way every time (no dates, one width), and compile what is translated."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import write_po

    path = path_of(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.header_comment = f"# Duga in {catalogue.locale.english_name}.\n# See docs/translation.md."
    catalogue.fuzzy = False
    catalogue.project, catalogue.version, catalogue.copyright_holder = "Duga", "", ""
    with open(path, "wb") as file:
        write_po(file, catalogue, width=110, omit_header=False, include_lineno=False, sort_by_file=True)
    text = path.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith(DATED)]
    path.write_text("".join(kept), encoding="utf-8")
    for message in [message for message in catalogue if message.id and not is_translated(message)]:
        catalogue.delete(message.id, message.context)  # an untranslated plural would be compiled as English
    with open(path.with_suffix(".mo"), "wb") as file:
        write_mo(file, Compiled(catalogue))


class Compiled(list):
    """A catalogue as it is compiled: what is told of it holds no moment and no tool, so equal texts are equal bytes."""

    def __init__(self, catalogue):
        head, *texts = catalogue
        told = [line for line in head.string.splitlines() if line.split(":")[0] in TOLD]
        super().__init__([type(head)("", "\n".join(told) + "\n"), *texts])
        self.charset = catalogue.charset


#: What a compiled catalogue says of itself; plural forms and charset are needed to read it.
TOLD = ("Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")
DATED = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Last-Translator',
    '"Language-Team',
    '"Generated-By',
    '"Report-Msgid',
)


def serbian_latin(source):
    """The catalogue of Serbian in Latin script, made from the Cyrillic one."""
    from babel import Locale
    from babel.messages.catalog import Catalog

    from duga.plain.text import to_latin

    made = Catalog(locale=Locale.parse("sr_Latn"), domain="django", charset="utf-8")
    for message in source:
        if not message.id:
            continue
        told = message.string
        told = tuple(map(to_latin, told)) if isinstance(told, tuple) else to_latin(told)
        made.add(
            message.id, told, locations=message.locations, flags=message.flags - {"fuzzy"}, context=message.context
        )
    return made


def finders(locale: str, source):
    """The catalogue of a language of the finder: the texts of `source` that stand there, as far as translated."""
    from babel.messages.catalog import Catalog

    known = read(locale) if path_of(locale).exists() else ()
    told = {message.id: message for message in known if message.id}
    made = Catalog(locale=locale_of(locale), domain="django", charset="utf-8")
    for message in source:
        places = [place for place in message.locations if place[0].startswith(FINDER_FILES + FINDER_FRAME)]
        if message.id in FINDER_TEXTS:
            places = message.locations
        if message.id and places:
            before = told.get(message.id)
            made.add(
                message.id, before.string if before else "", locations=places, flags=message.flags - {"fuzzy"},
                user_comments=before.user_comments if before else (), context=message.context,
            )  # fmt: skip
    return made


def is_translated(message) -> bool:
    """Whether every form of a message says something."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy


def for_field_worker(message) -> bool:
    """Whether a field worker or a reader of the public pages meets this text."""
    return any(place.startswith(FIELD_WORKER_FILES + PUBLIC_FILES) for place, _line in message.locations)


def gather(root: Path = ROOT, locales: tuple[str, ...] = WRITTEN) -> None:
    """Bring catalogues up to date with the texts in code and templates below `root`; what is gone goes."""
    from django.core.management import call_command
    from django.core.management.commands.makemessages import Command

    class Gather(Command):
        msgmerge_options = [*Command.msgmerge_options, "--no-fuzzy-matching"]  # a guess is worse than English

    for locale in locales:
        (root / "locale" / locale / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    with chdir(root):
        call_command(
            Gather(), locale=list(locales), ignore_patterns=IGNORED, extensions=["html", "txt", "py"],
            add_location="file", no_obsolete=True, verbosity=0,
        )  # fmt: skip


@click.command()
@click.option("--status", is_flag=True, help="Only say how far each language is.")
def messages(status):
    """Gather texts for translation, write Serbian Latin from Cyrillic, compile every catalogue."""
    if not status:
        if not shutil.which("xgettext"):
            raise click.ClickException("GNU gettext is missing: apt install gettext")
        django_ready()
        gather()
        for locale in WRITTEN:
            write(locale, read(locale))
        write("sr_Latn", serbian_latin(read("sr")))
        for locale in FINDER:
            write(locale, finders(locale, read("sr")))
    for locale in (*WRITTEN, "sr_Latn", *FINDER):
        told = [message for message in read(locale) if message.id]
        done = [message for message in told if is_translated(message)]
        met = [message for message in told if for_field_worker(message)]
        met_done = sum(is_translated(message) for message in met)
        waiting = sum(REVIEW in message.user_comments for message in done)
        click.echo(
            f"{locale:8} {len(done):5} of {len(told)} texts, {met_done} of {len(met)} for field workers and the public"
            + (f", {waiting} await review by a native speaker" if waiting else "")
        )
