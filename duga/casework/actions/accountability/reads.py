"""The read log looked through: what deserves a question is asked, answered and judged."""

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _organisation, _tell
from duga.casework.models import ReadQuestion, ReadReview
from duga.casework.rules.accountability import Verdict
from duga.members.actions import notify
from duga.members.queries import NOT_HERE
from duga.members.rules import Permission
from duga.plain.errors import Conflict, NotFound, Refused, gettext_noop

_MEANWHILE = gettext_noop("The log was looked through meanwhile, up to here or further. Look at what is new.")
_OWN = gettext_noop("Nobody judges her own reads: ask somebody else who protects data here.")
_ANSWER = gettext_noop("Say in a few words, without names, why you opened this record.")
_ASKED = gettext_noop("You are asked why you opened a record")
_ASKED_TEXT = gettext_noop("The data-protection officer looks through the read log. One sentence is enough.")
_PATH = "/workspace/my-reads/"


@transaction.atomic
def review_reads(*, by, organisation_id, up_to: int, note="") -> ReadReview:
    """Notes that the read log was looked through up to an entry of the trail (its number)."""
    organisation = _organisation(by, organisation_id, Permission.PROTECT_DATA)
    log = queries.reads(by, organisation)
    lines = [line for line in log.lines if line.read.number <= int(up_to)]
    if not lines:
        raise Conflict(_MEANWHILE)
    review = ReadReview.objects.create(
        organisation=organisation, up_to=lines[-1].read.number, reads=len(lines),
        unusual=sum(bool(line.unusual) for line in lines), note=" ".join(note.split())[:300], by_id=by.account_id,
    )  # fmt: skip
    _tell(by, "reads.reviewed", review, up_to=review.up_to, reads=review.reads, unusual=review.unusual)
    return review


@transaction.atomic
def ask_reader(*, by, organisation_id, number: int) -> ReadQuestion:
    """Asks whoever made a read (its number in the trail) why; asked once, and told as a notice."""
    organisation = _organisation(by, organisation_id, Permission.PROTECT_DATA)
    line = next((line for line in queries.reads(by, organisation).lines if line.read.number == int(number)), None)
    if line is None:
        raise NotFound(NOT_HERE)
    question, new = ReadQuestion.objects.get_or_create(
        organisation=organisation, number=line.read.number,
        defaults={"reader_id": line.read.reader, "by_id": by.account_id},
    )  # fmt: skip
    if new:
        _tell(by, "reads.asked", question, number=question.number, account=str(line.read.reader))
        notify(by=by, to=[line.read.reader], title=_ASKED, text=_ASKED_TEXT, path=_PATH)
    return question


@transaction.atomic
def answer_question(*, by, question_id, answer: str) -> ReadQuestion:
    """The reader's own answer, once."""
    question = ReadQuestion.objects.select_for_update().filter(pk=question_id, reader_id=by.account_id).first()
    if question is None or question.answered_at:
        raise NotFound(NOT_HERE)
    answer = " ".join(str(answer).split())
    if len(answer) < 5:
        raise Refused(_ANSWER)
    question.answer, question.answered_at = answer[:300], timezone.now()
    question.save(update_fields=["answer", "answered_at"])
    _tell(by, "reads.answered", question, number=question.number)
    return question


@transaction.atomic
def judge_read(*, by, question_id, verdict) -> ReadQuestion:
    """What is found of a read that was asked about: in order, or not; never by the reader herself."""
    question = ReadQuestion.objects.select_for_update().filter(pk=question_id, verdict="").first()
    if question is None:
        raise NotFound(NOT_HERE)
    _organisation(by, question.organisation_id, Permission.PROTECT_DATA)
    if question.reader_id == by.account_id:
        raise Refused(_OWN)
    question.verdict, question.decided_by_id, question.decided_at = Verdict(verdict), by.account_id, timezone.now()
    question.save(update_fields=["verdict", "decided_by", "decided_at"])
    _tell(by, "reads.judged", question, number=question.number, verdict=question.verdict)
    return question
