"""Questions about safety: what an instrument may say, how answers are scored, what a score obliges to do."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from duga.plain.errors import Refused, gettext_noop

MOST = 60  #: questions

_NOT_READ = gettext_noop("This is no instrument that can be read: %(what)s.")
_NO_ANSWER = gettext_noop("“%(answer)s” is no answer to the question “%(question)s”.")


@dataclass(frozen=True)
class Answer:
    """One answer: its words by language, its score, and the level it alone brings at least ("" for none)."""

    code: str
    text: Mapping[str, str]
    score: int
    least: str = ""


@dataclass(frozen=True)
class Question:
    """A question with its answers, in order."""

    code: str
    text: Mapping[str, str]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Obligation:
    """Something that must be done, within so many hours of the call."""

    code: str
    text: Mapping[str, str]
    hours: int


@dataclass(frozen=True)
class Level:
    """From which score on a level holds, and what it obliges to do."""

    code: str
    text: Mapping[str, str]
    start: int
    obliges: tuple[str, ...]


@dataclass(frozen=True)
class Instrument:
    """Questions with their scoring, of one version, under one licence."""

    code: str
    version: int
    name: Mapping[str, str]
    licence: str
    source: str
    note: Mapping[str, str]
    questions: tuple[Question, ...]
    levels: tuple[Level, ...]
    obligations: Mapping[str, Obligation]


@dataclass(frozen=True)
class Score:
    """What answers come to: the sum, the level, what that obliges to do, and how many questions were not answered."""

    total: int
    level: Level
    obligations: tuple[Obligation, ...]
    unanswered: int


def read_instrument(told) -> Instrument:
    """An instrument out of plain data (what YAML or JSON gives); Refused, saying what is wrong with it."""
    try:
        instrument = _read(told)
    except KeyError as error:
        raise Refused(_NOT_READ, what=f"{error.args[0]} is missing") from None
    except (TypeError, ValueError, AttributeError):
        raise Refused(_NOT_READ, what="a part of it has the wrong shape") from None
    _check(instrument)
    return instrument


def _words(told) -> dict[str, str]:
    words = {str(language): str(text).strip() for language, text in told.items()}
    if not words.get("en"):
        raise KeyError("a text in English (en)")
    return words


def _read(told) -> Instrument:
    questions = tuple(
        Question(
            str(each["code"]), _words(each["text"]),
            tuple(
                Answer(str(one["code"]), _words(one["text"]), int(one.get("score", 0)), str(one.get("least", "")))
                for one in each["answers"]
            ),
        )
        for each in told["questions"]
    )  # fmt: skip
    levels = tuple(
        Level(str(each["code"]), _words(each["text"]), int(each["from"]), tuple(map(str, each.get("obliges", ()))))
        for each in told["levels"]
    )
    duties = [Obligation(str(each["code"]), _words(each["text"]), int(each["hours"])) for each in told["obligations"]]
    return Instrument(
        code=str(told["code"]), version=int(told["version"]), name=_words(told["name"]),
        licence=str(told["licence"]).strip(), source=str(told["source"]).strip(),
        note=_words(told["note"]) if told.get("note") else {}, questions=questions, levels=levels,
        obligations={each.code: each for each in duties},
    )  # fmt: skip


def _check(instrument: Instrument) -> None:
    levels, starts = [each.code for each in instrument.levels], [each.start for each in instrument.levels]
    answers = [one for each in instrument.questions for one in each.answers]
    codes = [each.code for each in instrument.questions]
    wrong = {
        "it has no questions, or more than 60": not 0 < len(codes) <= MOST,
        "two questions bear one code": len(set(codes)) < len(codes),
        "a question needs two answers or more": any(len(each.answers) < 2 for each in instrument.questions),
        "two answers of a question bear one code": any(
            len({one.code for one in each.answers}) < len(each.answers) for each in instrument.questions
        ),
        "scores are 0 or more": any(one.score < 0 for one in answers),
        "the levels must begin at 0 and rise": not starts or starts[0] != 0 or starts != sorted(set(starts)),
        "two levels bear one code": len(set(levels)) < len(levels),
        "an answer names a level that is not there": any(one.least and one.least not in levels for one in answers),
        "a level obliges to something that is not described": any(
            code not in instrument.obligations for each in instrument.levels for code in each.obliges
        ),
        "an obligation needs a number of hours, 0 or more": any(
            each.hours < 0 for each in instrument.obligations.values()
        ),
        "licence and source must be told": not instrument.licence or not instrument.source,
    }
    for what, holds in wrong.items():
        if holds:
            raise Refused(_NOT_READ, what=what)


def score(instrument: Instrument, answers: Mapping[str, str]) -> Score:
    """What these answers ({question: answer}) come to. A question without an answer adds nothing and is counted."""
    given = []
    for question in instrument.questions:
        code = answers.get(question.code, "")
        if code:
            found = next((one for one in question.answers if one.code == code), None)
            if found is None:
                raise Refused(_NO_ANSWER, answer=code, question=question.code)
            given.append(found)
    total = sum(one.score for one in given)
    reached = [place for place, level in enumerate(instrument.levels) if level.start <= total]
    places = {level.code: place for place, level in enumerate(instrument.levels)}
    level = instrument.levels[max([reached[-1], *(places[one.least] for one in given if one.least)])]
    duties = tuple(instrument.obligations[code] for code in level.obliges)
    return Score(total, level, duties, len(instrument.questions) - len(given))


def obligations_due(scored: Score, since: dt.datetime) -> list[dict]:
    """What is to be done and by when, as an assessment keeps it."""
    return [
        {"code": each.code, "due": (since + dt.timedelta(hours=each.hours)).isoformat(), "done": "", "by": ""}
        for each in scored.obligations
    ]
