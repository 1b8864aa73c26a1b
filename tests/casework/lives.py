"""Lives written into every table of casework, by the actions of every topic, in words that nothing else says.

`open_life` and `sealed_life` put one person everywhere a person can stand; `the_house` what names others (volunteers,
donors, who writes feedback). Every name, number and note is made up of sounds drawn at random and remembered, so that a
test can look for all of them anywhere.
"""

import datetime as dt
import random
from types import SimpleNamespace

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from duga.casework import actions
from duga.casework.actions import helpline, referrals
from duga.casework.models import Person
from duga.casework.rules import Receiver
from tests.casework import phones
from tests.casework.helpline import SAFE, make_line, take
from tests.casework.volunteering import her_viewer, phone_of

DAY = dt.date(2024, 4, 3)


class Words:
    """Draws words and numbers and remembers them: `secret` may stand nowhere in clear, `told` where no name is asked
    for (a village, a reason) stands open, and goes when she is erased."""

    def __init__(self, seed: int):
        self.chance, self.secret, self.told = random.Random(seed), set(), set()

    def draw(self) -> str:
        """A word not remembered."""
        return "".join(self.chance.choice("bdgkmprtvz") + self.chance.choice("aeiou") for _ in range(5))

    def name(self) -> str:
        """A name of one word."""
        self.secret.add(word := self.draw().title())
        return word

    def text(self) -> str:
        """A sentence of a note."""
        return f"Rekla je {self.name()} i {self.name()}."

    def phone(self) -> str:
        """A number as people write it."""
        self.secret.add(number := f"06{self.chance.randrange(10)} {self.chance.randrange(10**6):06d}")
        return number

    def open(self) -> str:
        """Words that stand open while she is here."""
        self.told.add(word := self.draw().title())
        return word


def pdf(text: str) -> bytes:
    """A small PDF that says this."""
    from tests.plain.test_attached import pdf as plain

    return plain().replace(b"trailer", f"% {text}\ntrailer".encode())


def open_life(cast, words: Words) -> SimpleNamespace:
    """One person of the open register, with something in every topic. `merged`: the record made one with hers;
    `helper`: the words of the volunteer who helps her, which are not hers; `carrier`: that volunteer on her phone."""
    worker, here = cast.viewer("worker"), {"organisation_id": cast.niksic.pk}
    identity = {
        "given": words.name(), "family": words.name(), "father": words.name(), "phone": words.phone(),
        "document": words.name(), "birth_date": "1956-04-03", "address": words.text(), "note": words.text(),
    }  # fmt: skip
    special = {"health": words.text(), "ethnicity": words.name(), "disability": words.text(), "violence": words.text()}
    basis = {"purpose": "assistance", "basis": "public_task"}
    person = actions.register_person(by=worker, identity=identity, special=special, bases=[basis], **here)
    twin = actions.register_person(by=worker, identity={"given": words.name(), "phone": words.phone()}, **here)
    actions.merge_people(by=cast.viewer("manager"), kept_id=person.pk, gone_id=twin.pk)
    life = SimpleNamespace(
        person=person, merged=twin, codes={person.code, twin.code}, words=words, name=identity["given"],
        family=identity["family"], phone=identity["phone"], helper=Words(words.chance.randrange(10**9)),
    )  # fmt: skip
    for topic in (_homes, _given, _bases, _cases, _asked, _sent_on, _answered_for):
        topic(cast, life, worker, here, words)
    return life


def _homes(cast, life, worker, here, words):
    """Household, travelling party, need, group, list."""
    pk = life.person.pk
    life.household = actions.register_household(by=worker, size=4, head_id=pk, **here)
    actions.add_household_member(by=worker, household_id=life.household.pk, role="head", person_id=pk)
    life.party = actions.start_party(by=worker, size=3, since=DAY, person_ids=[pk], **here)
    actions.add_need(by=worker, person_id=pk, code="care")
    life.group = actions.add_group(by=worker, name=f"Group {words.chance.random()}", **here)
    actions.join_group(by=worker, group_id=life.group.pk, person_ids=[pk])
    life.list = actions.make_distribution_list(by=worker, title="May", date=DAY, person_ids=[pk], **here)
    actions.attach_scan(by=worker, list_id=life.list.pk, data=pdf(words.text()))
    actions.object_to_counting(by=worker, person_id=pk)


def _given(cast, life, worker, here, words):
    """What the ledger holds, corrected; what a sheet brought whose name names her; a phone that carries her."""
    told = {"by": worker, "service_type": "home_visit", "date": DAY, **here}
    entry = actions.record_assistance(**told, person_id=life.person.pk, note=words.text(), place=words.open())
    actions.correct_assistance(
        by=cast.viewer("manager"), assistance_id=entry.pk, version=entry.version, reason=words.open(),
        changes={"place": words.open()},
    )  # fmt: skip
    item = actions.add_stock_item(
        by=cast.viewer("manager"), name=f"Parcel {words.chance.random()}", unit="parcel", store="Here", **here
    )  # fmt: skip
    actions.receive_stock(by=cast.viewer("manager"), item_id=item.pk, quantity=9, date=DAY)
    told |= {"service_type": "parcel_distribution", "unit": "parcel"}
    actions.record_assistance(**told, household_id=life.household.pk, note=words.text(), from_stock=item.pk)
    sheet = f"Ime i prezime;Usluga;Datum\nNeko Drugi {words.chance.random()};paket;3.4.2024\n"
    actions.import_assistance(
        by=cast.viewer("coordinator"), name=f"Za {life.name} {life.family}.csv", data=sheet.encode(),
        mapping={"full_name": 0, "service": 1, "date": 2}, **here,
    )  # fmt: skip
    _device, life.keys = actions.add_device(by=worker, name="Android", **here)
    record = phones.told(life.person, note=words.text())
    actions.receive_letters(by=worker, token=life.keys.token, letters=[phones.letter(life.keys, record)])


def _bases(cast, life, worker, here, words):
    """Consents with their papers, a guardian who may be the danger, a decision, a disclosure."""
    her = {"person_id": life.person.pk}
    [consent] = actions.take_consent(by=worker, **her, purposes=["communication"], witness=words.name())
    actions.attach_proof(by=worker, consent_id=consent.pk, data=b"%PDF-1.4 " + words.text().encode())
    guardian = actions.add_guardian(
        by=worker, **her, kind="relative", name=words.name(), phone=words.phone(), paper=words.name()
    )
    actions.flag_guardian(by=worker, guardianship_id=guardian.pk, reason=words.text())
    actions.propose_decision(
        by=cast.viewer("manager"), **her, question=words.text(), decision=words.text(), reasons=words.text(),
        others=words.name(), review_on=timezone.localdate() + dt.timedelta(days=30),
    )  # fmt: skip
    told = actions.disclose(
        by=worker, **her, recipient=Receiver("named", words.name()), basis="vital_interests", categories=["name"],
        reason=words.text(),
    )  # fmt: skip
    actions.review_disclosure(
        by=cast.viewer("supervisor"), disclosure_id=told.pk, outcome="too_much", note=words.text()
    )


def _cases(cast, life, worker, here, words):
    """Her case, that of her household and that of her party: plan, notes filed and half written, a file, approvals."""
    manager, supervisor = cast.viewer("manager"), cast.viewer("supervisor")
    life.case = actions.open_case(by=manager, person_id=life.person.pk, basis="legal_duty")
    home = actions.open_case(by=manager, household_id=life.household.pk)
    party = actions.open_case(by=manager, party_id=life.party.pk)
    for case in (life.case, home, party):
        at = {"by": manager, "case_id": case.pk}
        goal = actions.add_goal(**at, text=words.text())
        actions.add_step(**at, text=words.text(), goal_id=goal.pk, who_id=cast.accounts["worker"].pk)
        actions.add_note(**at, text=words.text())
        actions.add_note(**at, text=words.text(), section="health")
        actions.keep_note_draft(**at, text=words.text())
        actions.attach_file(**at, name=f"{words.name()}.pdf", data=pdf(words.text()))
        actions.join_case_team(**at, account_id=cast.accounts["worker"].pk)
        asked = actions.ask_approval(**at, what="plan")
        actions.decide_approval(by=supervisor, approval_id=asked.pk, decision="returned", word=words.text())


def _asked(cast, life, worker, here, words):
    """Calls in every state, an errand a volunteer holds, a visit that comes round, a call half taken."""
    manager, her = cast.viewer("manager"), {"person_id": life.person.pk, "need": "food", "service_type": "errands"}

    def call(**more):
        caller = {"name": words.name(), "phone": words.phone(), "relation": words.name()}
        return actions.take_request(
            by=worker, **here, **her, details=words.text(), caller=caller, place=words.open(), **more
        )

    waits = call()
    actions.plan_callback(by=worker, request_id=waits.pk, version=waits.version, at=timezone.now())
    refused = call()
    actions.refuse_request(
        by=manager, request_id=refused.pk, version=refused.version, reason="sent_on", words=words.open()
    )
    identity = {"name": life.helper.name(), "phone": life.helper.phone()}
    life.volunteer = actions.add_volunteer(by=manager, identity=identity, skills=["errands"], **here)
    life.carrier = her_viewer(phone_of(cast, life.volunteer))
    for who in ({"account_id": cast.accounts["worker"].pk}, {"volunteer_id": life.volunteer.pk}):
        asked = call(assessed=True)
        actions.assign_request(by=manager, request_id=asked.pk, version=asked.version, **who)
    asked = call(assessed=True)
    given = actions.assign_request(
        by=manager, request_id=asked.pk, version=asked.version, volunteer_id=life.volunteer.pk
    )
    for answer in ({"answer": "on_the_way"}, {"answer": "done", "hours": 1}):
        actions.tick_errand(by=life.carrier, assignment_id=given.pk, **answer)
    life.visit = actions.plan_visit(
        by=manager, need="care", service_type="home_visit", rhythm="weekly", weekdays=range(7),
        begins_on=timezone.localdate(), person_id=life.person.pk, volunteer_id=life.volunteer.pk, details=words.text(),
        **here,
    )  # fmt: skip
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    life.visit.refresh_from_db()
    actions.skip_visit(by=manager, visit_id=life.visit.pk, version=life.visit.version, day=tomorrow, why=words.open())
    actions.keep_draft(by=worker, fields={"details": words.text(), "caller_phone": words.phone()}, **here)


def _sent_on(cast, life, worker, here, words):
    """A referral to another house that waits for an answer, and one by a link that was opened."""
    told = {"categories": ["name", "contact_details", "needs"], "agreed": True, "services": ["legal_aid"]}
    at = {"by": worker, "person_id": life.person.pk}
    asked = referrals.make_referral(
        **at, to={"organisation": cast.nis.pk}, reason=words.text(), contact=words.phone(), **told
    )
    life.referral = referrals.send_referral(by=worker, referral_id=asked.pk, version=asked.version)
    referrals.ask_about_referral(by=worker, referral_id=asked.pk, text=words.text())
    outside = {"name": words.name(), "contact": words.phone()}
    asked = referrals.make_referral(**at, to=outside, reason=words.text(), case_id=life.case.pk, **told)
    referrals.send_referral(by=worker, referral_id=asked.pk, version=asked.version)
    life.link = referrals.make_guest_link(by=worker, referral_id=asked.pk)
    opened = referrals.open_as_guest(by=worker, token=life.link.path.split("/")[2], code=life.link.code)
    life.guest = (life.link.path.split("/")[2], opened.code)


def _answered_for(cast, life, worker, here, words):
    """A record kept longer, a hold that ended, a question about her own data with its answer."""
    coordinator, her = cast.viewer("coordinator"), {"person_id": life.person.pk}
    until = timezone.localdate() + dt.timedelta(days=90)
    actions.keep_longer(by=coordinator, **her, until=until, reason=words.open())
    hold = actions.place_hold(by=coordinator, **her, reason=words.open())
    actions.end_hold(by=coordinator, hold_id=hold.pk)
    asked = actions.receive_request(by=worker, **her, asked="copy")
    actions.answer_request(by=coordinator, request_id=asked.pk, answer="refused", reason=words.open())


def sealed_life(cast, words: Words, name: str) -> SimpleNamespace:
    """One person of a helpline's sealed programme: a call of hers with all she told, and the glass broken for her."""
    operator, here = cast.viewer("operator"), {"organisation_id": cast.niksic.pk}
    line, programme = make_line(cast, name=name, named=("operator", "supervisor", "coordinator"))
    person = actions.register_person(
        by=operator, identity={"given": words.name(), "phone": words.phone()}, programme_id=programme.pk, **here
    )
    safe = SAFE | {"number": words.phone(), "word": words.name()}
    call = take(
        cast, line, person_code=person.code, named=True, safe=safe, note=words.text(), callback=True,
        answers={"now": "yes"},
    )  # fmt: skip
    draft = helpline.begin_call(by=operator, line_id=line.pk)
    helpline.choose_code(by=operator, call_id=draft.pk, code=f"{words.name()} 7")
    helpline.save_draft(by=operator, call_id=draft.pk, version=draft.version, told={"note": words.text()})
    reason = "threatened tonight, all named for it are away"
    actions.break_glass(by=cast.viewer("manager"), code=person.code, reason=reason, **here)
    return SimpleNamespace(person=person, words=words, codes={person.code}, call=call, line=line)


def the_house(cast, words: Words) -> None:
    """What names others: feedback with a contact, a donor, a sheet on its way in."""
    from duga.casework.actions.feedback import receive_feedback

    here = {"by": cast.viewer("manager"), "organisation_id": cast.niksic.pk}
    item = actions.add_stock_item(**here, name="Blanket", unit="parcel", store="Here")
    received = {"quantity": 9, "date": DAY, "source": words.name(), "note": words.text()}
    actions.receive_stock(by=cast.viewer("manager"), item_id=item.pk, **received)

    told = {"kind": "sensitive", "words": words.text(), "language": "sr", "channel": "paper", "about": words.text()}
    contact = {"wants_contact": True, "contact": words.phone()}
    receive_feedback(by=cast.viewer("worker"), organisation=cast.niksic, **told, **contact)
    actions.stage_import(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name=f"{words.name()}.csv",
        data=f"Ime i prezime;Usluga;Datum\n{words.name()} {words.name()};paket;3.4.2024\n".encode(),
    )  # fmt: skip


def ways_to_a_person() -> dict:
    """{table: ways from its rows to a person}, read off the foreign keys, three steps at most."""
    found, now = {Person: [""]}, [(Person, "", (Person,))]
    for _step in range(3):
        coming = []
        for model, way, seen in now:
            for related in model._meta.get_fields(include_hidden=True):
                table = related.related_model
                pointing = related.auto_created and not related.concrete and (related.one_to_many or related.one_to_one)
                if not pointing or table in seen or table._meta.app_label != "casework":
                    continue
                there = f"{related.field.name}__{way}".removesuffix("__")
                found.setdefault(table, []).append(there)
                coming.append((table, there, (*seen, table)))
        now = coming
    return {model: sorted({way for way in ways if way}) for model, ways in found.items() if model is not Person}


def rows_of(model, people) -> list:
    """The rows of a table that lead to one of these people (ids)."""
    ways = ways_to_a_person()[model]
    hers = Q()
    for way in ways:
        hers |= Q(**{f"{way}__in": people})
    return list(model.objects.filter(hers).distinct())


def tables():
    """All tables of casework."""
    return apps.get_app_config("casework").get_models()
