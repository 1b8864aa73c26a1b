"""A post of OpenRosa, read as it comes in: the answers in memory, files straight into their sealed place on disk."""

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from duga.plain.errors import Refused, Unreadable, gettext_noop
from duga.surveys.actions.receiving.incoming import Writer
from duga.surveys.rules.openrosa import MOST_BYTES, TOO_LARGE, UNREADABLE_POST
from duga.surveys.rules.receiving.reading import MOST_XML

XML_PART, UNFINISHED = "xml_submission_file", "*isIncomplete*"
_NO_XML = gettext_noop("This post bears no answers (the part xml_submission_file). Nothing was taken.")


class TooLarge(Refused):
    """More than one post may hold."""


class _Sealing(FileUploadHandler):
    """Takes the parts of a post: what it gathered is in `xml` and `files`."""

    def __init__(self, request, organisation_id):
        super().__init__(request)
        self._organisation_id, self._writer, self._parts, self._size = organisation_id, None, [], 0
        self.xml, self.files = None, []

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self._writer, self._parts, self._size = None, [], 0
        if self.field_name != XML_PART:
            self._writer = Writer(self._organisation_id, self.file_name, self.content_type or "")

    def receive_data_chunk(self, raw_data, start):
        if self._writer is not None:
            self._writer.write(raw_data)
            return
        self._size += len(raw_data)
        if self._size <= MOST_XML:
            self._parts.append(raw_data)

    def file_complete(self, file_size):
        if self._writer is not None:
            self.files.append(self._writer.close())
            self._writer = None
        elif self._size > MOST_XML:
            raise TooLarge(TOO_LARGE)
        else:
            self.xml = b"".join(self._parts)

    def drop(self):
        """Leaves nothing of a post that was not taken."""
        if self._writer is not None:
            self._writer.drop()
        for file in self.files:
            file.drop()


class _Watched:
    """The body of a post, counted: one that was cut off must not pass for a whole one."""

    def __init__(self, stream):
        self._stream, self.count, self.tail = stream, 0, b""

    def read(self, *size):
        """Some of it."""
        return self._seen(self._stream.read(*size))

    def readline(self, *size):
        """A line of it: Django reads so what follows the last part."""
        return self._seen(self._stream.readline(*size))

    def _seen(self, data):
        self.count += len(data)
        self.tail = (self.tail + data[-400:])[-400:]
        return data

    def close(self):
        """Nothing of ours to close."""


def read_post(request, organisation_id):
    """(XML, files lying sealed, whether more will follow) of a post; Unreadable when it is broken, TooLarge."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > MOST_BYTES:
        raise TooLarge(TOO_LARGE)
    if not length or request.content_type != "multipart/form-data":
        raise Unreadable(_NO_XML)
    sealing = _Sealing(request, organisation_id)
    request.upload_handlers = [sealing]
    request._stream = watched = _Watched(request._stream)
    try:
        fields = request.POST
        while watched.read(65536):
            pass
        end = f"--{request.content_params.get('boundary', '')}--".encode()
        if watched.count != length or end not in watched.tail:
            raise Unreadable(UNREADABLE_POST)
        xml = sealing.xml if sealing.xml is not None else fields.get(XML_PART, "").encode()
        if not xml:
            raise Unreadable(_NO_XML)
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        sealing.drop()
        raise Unreadable(UNREADABLE_POST) from None
    except BaseException:
        sealing.drop()
        raise
    return xml, sealing.files, bool(fields.get(UNFINISHED))
