"""A form on a page without scripts: only one that asks everybody the same (`rules.asking.plain_questions`)."""

import re
import uuid

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.plain.errors import Refused, gettext_noop
from duga.plain.xlsforms.instances import filled
from duga.surveys import queries
from duga.surveys.queries.receiving import judge_of
from duga.surveys.rules.asking import plain_questions
from duga.surveys.rules.receiving import FLAG_WORDS, Flag, flag_of, read_submission

_NOT_PLAIN = gettext_noop(
    "This form asks different things depending on what is answered, which needs scripts (JavaScript). Turn them on in "
    "your browser, or ask whoever gave you the form for a paper."
)
_STOPS = (Flag.REQUIRED, Flag.CONSTRAINT, Flag.WRONG_TYPE, Flag.NOT_A_CHOICE)
_INPUTS = {
    "integer": ("text", "numeric"),
    "decimal": ("text", "decimal"),
    "date": ("date", ""),
    "time": ("time", ""),
    "range": ("text", "decimal"),
}
_NUMBER = re.compile(r"uuid:[0-9a-f-]{36}\Z")


class PlainForm:
    """One form on one page: its questions as rows, and after a post the XML to be sent, or what is wrong."""

    def __init__(self, version, given, consent: str = ""):
        self.version, self._given, self._consent = version, given, consent
        self._questions = plain_questions(version.questions)
        if self._questions is None:
            raise Refused(_NOT_PLAIN)
        self.language = self._language(given.get("language", ""))
        number = given.get("number", "")
        # The number comes back with the answers: a page that is sent twice is one submission.
        self.number = number if _NUMBER.match(number) else f"uuid:{uuid.uuid4()}"
        self.wrong: dict[str, str] = {}
        self.xml, self.done = b"", False

    def _language(self, wanted):
        all_, here = self.version.languages, (get_language() or "").partition("-")[0]
        if wanted in all_:
            return wanted
        return next((each for each in all_ if each.endswith(f"({here})")), all_[0] if all_ else "")

    def is_right(self, post) -> bool:
        """Whether what was posted can be sent; `wrong` says what cannot, by question, `xml` is what would be sent."""
        answers = {}
        for at, question in enumerate(self._questions):
            values = [each.strip() for each in post.getlist(f"q{at}")]
            text = " ".join(values) if question["type"] == "select_multiple" else "".join(values[:1])
            if question["type"] in ("decimal", "range"):
                text = text.replace(",", ".")
            if question["type"] == "acknowledge":
                text = "OK" if text else ""
            if text and question["type"] != "note":
                answers[question["path"]] = text
        self.xml = filled(queries.form_xml(self.version), answers, self.number)
        told = read_submission(self.xml)
        flags = judge_of(self.version.pk, self.version.md5).flags(
            told.answers, timezone.localtime().replace(tzinfo=None), told.root
        )
        for what, path in map(flag_of, flags):
            if what in _STOPS:
                self.wrong[path] = self._message(what, path)
        if self._consent and not post.get("agree"):
            self.wrong[""] = ""
        return not self.wrong

    def _message(self, what, path):
        question = next((each for each in self._questions if each["path"] == path), {})
        own = (question.get("messages") or {}).get(self.language) if what == Flag.CONSTRAINT else ""
        return own or _(FLAG_WORDS[what]).capitalize()

    def context(self) -> dict:
        """What the page shows."""
        return {
            "title": self.version.form.title, "rows": [self._row(*each) for each in enumerate(self._questions)],
            "languages": self.version.languages, "language": self.language, "number": self.number, "wrong": self.wrong,
            "done": self.done, "consent": self._consent, "agreed": bool(self._given.get("agree")),
        }  # fmt: skip

    def _words(self, texts) -> str:
        return (texts or {}).get(self.language) or next(iter((texts or {}).values()), "")

    def _row(self, at, question):
        name, kind = f"q{at}", question["type"]
        given = self._given.getlist(name) if hasattr(self._given, "getlist") else []
        choices = [
            {
                "value": each["value"],
                "label": self._words(each.get("labels")) or each["value"],
                "on": each["value"] in given,
            }
            for each in question.get("choices") or ()
        ]
        if kind == "acknowledge":
            choices = [{"value": "OK", "label": _("I have read this"), "on": bool(given)}]
        input_, mode = _INPUTS.get(kind, ("text", ""))
        return {
            "name": name, "kind": kind, "label": self._words(question.get("labels")) or question.get("name", ""),
            "hint": self._words(question.get("hints")), "required": bool(question.get("required")), "choices": choices,
            "many": kind in ("select_multiple", "acknowledge"), "input": input_, "mode": mode,
            "long": "multiline" in str(question.get("appearance", "")), "value": given[0] if given else "",
            "wrong": self.wrong.get(question["path"], ""),
        }  # fmt: skip
