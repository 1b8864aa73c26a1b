"""Answers filled in on our own pages: by a link, or signed in."""

from django.db import transaction
from django.utils import timezone

from duga.members.queries import organisation_by_id
from duga.members.rules import VISITOR, Permission
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.actions.receiving import Taken, receive
from duga.surveys.models import FillLink, Submission
from duga.surveys.queries import works_in
from duga.surveys.queries.asking import asked
from duga.surveys.rules import LinkKind, Source
from duga.surveys.rules.asking import check_door
from duga.surveys.rules.receiving import read_submission
from duga.surveys.rules.receiving.reading import sent_version


def send_by_link(*, by=VISITOR, token: str, xml: bytes, files=(), consent_version: int | None = None) -> Taken:
    """Takes what somebody filled in by a link. A one-time link is used up in the same step, so that it counts once.

    consent_version: of the words that the page showed; without it the round's as they stand now.
    Refused in words for the reader when the link opens no more; the same answers again are answered as before.
    """
    with transaction.atomic():
        found = asked(token, lock=True)
        link = found.link
        taken_before = link.used_at is not None and _same(link, xml)
        check_door(found.door, timezone.now(), again=taken_before)
        if sent_version(xml)[0] != found.version.form.slug:
            raise NotFound(NOT_HERE)  # a link opens one form, whatever is sent by it
        taken = receive(
            by=by, organisation_id=link.organisation_id, xml=xml, files=files, source=Source.LINK, link=link,
            assignment=link.assignment, test=link.test, consent_version=_agreed(found.round, consent_version),
        )  # fmt: skip
        if link.kind == LinkKind.ONCE and link.used_at is None and not link.test:
            FillLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    return taken


def _agreed(round_, told) -> int | None:
    """The version of a round's consent that goes with answers; None where nothing had to be agreed to."""
    if round_ is None or not round_.consent:
        return None
    return told if told and told <= round_.consent_version else round_.consent_version


def _same(link: FillLink, xml: bytes) -> bool:
    number = read_submission(xml, frozenset()).instance_id
    return Submission.objects.filter(link=link, instance_id=number).exists()


def send_signed_in(*, by, organisation_id, slug: str, xml: bytes, files=(), paper: bool = False) -> Taken:
    """Takes what a worker filled in, in the browser or from paper."""
    organisation = organisation_by_id(by, organisation_id, Permission.SEE_ORGANISATION)
    if not works_in(by, organisation.pk, Permission.COLLECT_ANSWERS) or sent_version(xml)[0] != slug:
        raise NotFound(NOT_HERE)
    source = Source.PAPER if paper else Source.BROWSER
    return receive(by=by, organisation_id=organisation.pk, xml=xml, files=files, source=source)
