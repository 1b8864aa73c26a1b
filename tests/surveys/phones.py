"""Forms, phones and posts for the tests of receiving. All answers are invented."""

import datetime as dt
import hashlib
import io

from django.utils import timezone

from duga.surveys.models import Form, FormAttachment, FormVersion

QUESTIONS = [
    {"path": "/start", "type": "start"},
    {"path": "/end", "type": "end"},
    {"path": "/name", "type": "text", "required": "true()", "labels": {"default": "Name"}},
    {"path": "/age", "type": "integer", "constraint": ". >= 0 and . < 120", "labels": {"default": "Age"}},
    {"path": "/born", "type": "date"},
    {"path": "/home", "type": "group"},
    {"path": "/home/rooms", "type": "integer", "relevant": " /data/age >= 18", "required": "true()"},
    {
        "path": "/needs", "type": "select_multiple", "labels": {"default": "Needs"},
        "choices": [
            {"value": "food", "labels": {"default": "Food"}}, {"value": "heat", "labels": {"default": "Heating"}},
        ],
    },
    {"path": "/where", "type": "geopoint"},
    {"path": "/photo", "type": "image"},
    {"path": "/child", "type": "repeat"},
    {"path": "/child/age", "type": "integer", "repeat": "/child", "constraint": ". < 18"},
    {"path": "/child/nick", "type": "text", "repeat": "/child"},
]  # fmt: skip
XFORM = b'<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Needs</h:title></h:head></h:html>'


def make_form(organisation=None, *, network=None, slug="needs", questions=QUESTIONS, **more) -> FormVersion:
    """A published version of a form; `version` and `state` may be said otherwise."""
    form, _new = Form.objects.get_or_create(
        organisation=organisation, network=network, slug=slug, defaults={"title": "Needs"}
    )
    return add_version(form, questions=questions, **more)


def add_version(form, *, version="1", state="published", questions=QUESTIONS, xform=XFORM, languages=("default",)):
    """One more version of a form."""
    now = timezone.now()
    dates = {} if state == "draft" else {"published_at": now, "checked_at": now}
    if state == "withdrawn":
        dates["withdrawn_at"] = now
    return FormVersion.objects.create(
        form=form, number=form.versions.count() + 1, version=version, state=state, xform=xform,
        md5=hashlib.md5(xform + version.encode()).hexdigest(), questions=questions, languages=list(languages), **dates,
    )  # fmt: skip


def attach(version, name, data: bytes) -> FormAttachment:
    """A file of a form."""
    from duga.surveys.queries import attachment_path

    sha256 = hashlib.sha256(data).hexdigest()
    path = attachment_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return FormAttachment.objects.create(
        version=version, name=name, kind="file", media_type="text/csv", sha256=sha256,
        md5=hashlib.md5(data).hexdigest(), size=len(data),
    )  # fmt: skip


def answers(instance="uuid:1", *, form="needs", version="1", inside="<name>Ana</name><age>34</age>", **meta) -> bytes:
    """The XML of a submission as a phone writes it."""
    told = "".join(f"<orx:{name}>{value}</orx:{name}>" for name, value in meta.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><data xmlns:orx="http://openrosa.org/xforms" id="{form}" '
        f'version="{version}">{inside}<home><rooms>2</rooms></home>'
        f"<orx:meta><orx:instanceID>{instance}</orx:instanceID>{told}</orx:meta></data>"
    ).encode()


BOUNDARY = "xYzZY0123456789"


def multipart(xml: bytes | None, files=(), **fields) -> bytes:
    """A post as Collect writes it: the answers, files as (name, media type, bytes), other fields."""
    out = io.BytesIO()

    def part(disposition, kind, data):
        out.write(f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n".encode())
        out.write(f"Content-Type: {kind}\r\n\r\n".encode() + data + b"\r\n")

    if xml is not None:
        part('name="xml_submission_file"; filename="submission.xml"', "text/xml", xml)
    for name, kind, data in files:
        part(f'name="{name}"; filename="{name}"', kind, data)
    for name, value in fields.items():
        out.write(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    out.write(f"--{BOUNDARY}--\r\n".encode())
    return out.getvalue()


def send(client, address, xml, files=(), **more):
    """Posts a submission; `fields` are other parts of the post."""
    body = multipart(xml, files, **more.pop("fields", {}))
    return client.post(address, body, content_type=f"multipart/form-data; boundary={BOUNDARY}", **more)


def days(number) -> str:
    """A day so many days from today, as a phone writes it."""
    return (timezone.localdate() + dt.timedelta(days=number)).isoformat()


def furnish_receiving(cast):
    """For the pages: a form of Nikšić, a phone of its worker's, and answers that came by it."""
    from duga.surveys.actions.openrosa import connect_phone
    from duga.surveys.actions.receiving import Incoming, receive

    version = make_form(cast.niksic)
    cast.survey_file = attach(version, "villages.csv", b"name\nGrahovo\n")
    cast.survey_form = version.form
    cast.survey_phone = connect_phone(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, name="Mira's phone")
    picture = Incoming.of(cast.niksic.pk, "1.jpg", "image/jpeg", b"\xff\xd8\xff a picture")
    cast.survey_answers = receive(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, xml=answers(), files=[picture],
        device=cast.survey_phone.device,
    ).submission  # fmt: skip
