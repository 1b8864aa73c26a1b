"""Translations: Serbian complete in both scripts, field workers' screens in three more, nothing stale."""

import re
import shutil

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import get_language_info, override, to_locale
from django.utils.translation import gettext as _

from config.commands import messages
from config.commands.messages import (
    COMPLETE,
    FIELD_WORKER,
    FINDER,
    FINDER_FILES,
    REVIEW,
    ROOT,
    WRITTEN,
    for_field_worker,
    gather,
    is_translated,
    path_of,
    read,
    serbian_latin,
)

LOCALES = (*WRITTEN, "sr_Latn", *FINDER)
PLACEHOLDER = re.compile(r"%\([a-z_A-Z0-9]+\)[sd]|\{[a-z_0-9]*\}")
TAG = re.compile(r"</?[a-z]+[^>]*>")


@pytest.fixture(scope="module")
def catalogues():
    return {locale: [message for message in read(locale) if message.id] for locale in LOCALES}


def forms(message):
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string,)


def told(message):
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def key(message):
    context = message.context  # babel reads it as bytes from compiled catalogues
    return context.decode() if isinstance(context, bytes) else context, *told(message)


def test_every_language_offered_has_a_catalogue_and_a_name():
    for code, name in settings.LANGUAGES:
        assert get_language_info(code)["name_local"]
        assert name
        if code != "en":
            assert to_locale(code) in LOCALES


@pytest.mark.parametrize("locale", [*COMPLETE, "sr_Latn"])
def test_serbian_is_complete(catalogues, locale):
    missing = [message.id for message in catalogues[locale] if not is_translated(message)]
    assert missing == []


@pytest.mark.parametrize("locale", FIELD_WORKER)
def test_field_workers_read_their_language(catalogues, locale):
    missing = [m.id for m in catalogues[locale] if for_field_worker(m) and not is_translated(m)]
    assert missing == []


@pytest.mark.parametrize("locale", ["ar", *FINDER])
def test_who_comes_from_further_away_reads_the_finder(catalogues, locale):
    met = [m for m in catalogues[locale] if any(place.startswith(FINDER_FILES) for place, _line in m.locations)]
    assert len(met) > 100
    assert [message.id for message in met if not is_translated(message)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_and_tags_are_kept(catalogues, locale):
    wrong = []
    for message in catalogues[locale]:
        if not is_translated(message):
            continue
        whole = " ".join(told(message))
        for form in forms(message):
            same = set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(whole))
            fewer = isinstance(message.id, tuple) and set(PLACEHOLDER.findall(form)) <= set(PLACEHOLDER.findall(whole))
            tags = sorted(TAG.findall(form)) == sorted(TAG.findall(told(message)[-1]))
            if not ((same or fewer) and tags and "\n" not in (form[:1], form[-1:])):
                wrong.append((message.id, form))
    assert wrong == []


def test_serbian_latin_is_the_cyrillic_in_other_letters(catalogues):
    made = {key(message): forms(message) for message in serbian_latin(read("sr")) if message.id}
    assert {key(message): forms(message) for message in catalogues["sr_Latn"]} == made
    cyrillic = re.compile("[Ѐ-ӿ]")
    assert [m.id for m in catalogues["sr_Latn"] if any(map(cyrillic.search, forms(m)))] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_compiled_catalogues_are_not_stale(catalogues, locale):
    with open(path_of(locale).with_suffix(".mo"), "rb") as file:
        compiled = {key(message): forms(message) for message in read_mo(file) if message.id}
    assert compiled == {key(m): forms(m) for m in catalogues[locale] if is_translated(m)}


def test_compiling_again_changes_no_byte(monkeypatch, tmp_path):
    """Whoever runs `duga messages` without a new text sees nothing to commit, on any day, with any version of babel."""
    for locale in LOCALES:
        path, catalogue = path_of(locale), read(locale)
        kept = {ending: path.with_suffix(ending).read_bytes() for ending in (".po", ".mo")}
        monkeypatch.setattr(messages, "LOCALE", tmp_path)
        messages.write(locale, catalogue)
        made = {ending: path_of(locale).with_suffix(ending).read_bytes() for ending in (".po", ".mo")}
        monkeypatch.undo()
        assert made == kept, f"run `duga messages` and commit locale/ ({locale})"
        assert b"-Date" not in made[".mo"]


def test_no_text_of_the_house_is_missing_from_the_catalogues(catalogues, settings, tmp_path):
    if not shutil.which("xgettext"):
        pytest.skip("GNU gettext is not installed: apt install gettext")
    shutil.copytree(ROOT / "duga", tmp_path / "duga", ignore=shutil.ignore_patterns("static", "data", "*.pyc"))
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    gather(tmp_path, ("sr",))
    with open(tmp_path / "locale" / "sr" / "LC_MESSAGES" / "django.po", "rb") as file:
        now = {key(message) for message in read_po(file) if message.id}
    kept = {key(message) for message in catalogues["sr"]}
    assert now - kept == set(), "run `duga messages`, translate, and commit locale/"
    assert kept - now == set(), "run `duga messages`: these texts are gone"


def test_what_was_not_reviewed_says_so(catalogues):
    for locale in FIELD_WORKER:
        for message in catalogues[locale]:
            if REVIEW in message.user_comments:
                assert is_translated(message)
    assert "awaits review by a native speaker" in (ROOT / "docs" / "translation.md").read_text()


def test_a_reader_gets_her_script():
    with override("sr"):
        assert _("Save") == "Сачувај"
    with override("sr-latn"):
        assert _("Save") == "Sačuvaj"


#: What may stand in a template as it is: our name, and what a computer is told.
SAME_EVERYWHERE = {
    "Duga",
    "duga",
    "XForm",
    "XLSForm",
    "snapshot",
    "release",
    "countries",
    "period",
    "as",
    "Parquet",
    "TOTP",
    "SHA",
}


@pytest.mark.parametrize("template", sorted((ROOT / "duga").glob("*/templates/**/*.html")), ids=lambda path: path.name)
def test_templates_say_nothing_that_cannot_be_translated(template):
    if template.name == "styleguide.html":
        return  # for who builds pages
    text = re.sub(r"\{% (comment|blocktranslate).*?\{% end\1 %\}|\{#.*?#\}", "", template.read_text(), flags=re.S)
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"{%]+)"', text)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<(script|style|code|pre)\b.*?</\1>|<[^>]*>|&\w+;", " ", text, flags=re.S)
    words = set(re.findall(r"[A-Za-z]{2,}", " ".join([bare, *spoken])))
    assert words - SAME_EVERYWHERE == set()
