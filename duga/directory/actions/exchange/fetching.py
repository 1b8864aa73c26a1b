"""Fetching another directory's API without being led astray: https only, public addresses only, bounded in all.

Each name is looked up once and the connection goes to the very address that was judged, so that a name which answers
differently the second time leads nowhere. Redirects are followed to the same host only.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import time
from urllib.parse import urlencode, urljoin, urlsplit

from duga.plain.errors import Refused, gettext_noop

SECONDS = 30  #: for one answer
ALTOGETHER = 600  #: seconds for a whole feed
LARGEST_PAGE = 64 * 1024 * 1024
LARGEST = 512 * 1024 * 1024
MOST_PAGES = 5000
PER_PAGE = 100
AGENT = "Duga HSDS import"

_HTTPS = gettext_noop("A feed is read over https only. Give an address that begins with https://.")
_INSIDE = gettext_noop("This address leads into a private network. A feed must be public.")
_UNREACHED = gettext_noop("%(host)s cannot be reached: %(why)s. Try again later.")
_STATUS = gettext_noop("%(url)s answered with %(status)s. Is this the address of an HSDS API?")
_TOO_LARGE = gettext_noop("This feed is larger than %(size)s MB. Ask for its data package instead.")
_TOO_SLOW = gettext_noop("This feed took longer than %(minutes)s minutes. Ask for its data package instead.")
_NO_JSON = gettext_noop("%(url)s does not answer with JSON. Is this the address of an HSDS API?")
_ELSEWHERE = gettext_noop("%(host)s sends us elsewhere (%(to)s). Give that address if you trust it.")


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  #: IPv4 addresses written as IPv6 ones (RFC 6052)


def _public(address: str) -> bool:
    """Whether an address lies in the open internet. Addresses that carry an IPv4 one are judged by that."""
    told = ipaddress.ip_address(address)
    if told.version == 6:
        if told.teredo:
            return False
        inner = told.ipv4_mapped or told.sixtofour
        told = inner or (ipaddress.ip_address(int(told) & 0xFFFFFFFF) if told in _TRANSLATED else told)
    return told.is_global and not told.is_multicast


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Refused(_UNREACHED, host=host, why=error.strerror or "?") from None
    return list(dict.fromkeys(each[4][0] for each in found))


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address that was judged, under the name it was asked by."""

    def __init__(self, host, port, address, context):
        super().__init__(host, port, timeout=SECONDS, context=context)
        self.address = address
        self.tls = context

    def connect(self):
        raw = socket.create_connection((self.address, self.port), SECONDS)
        self.sock = self.tls.wrap_socket(raw, server_hostname=self.host)


class Fetcher:
    """Reads JSON from one host, within bounds of time and size for all of it together.

    `judge(address)` says whether an address may be gone to; tests give their own, with a `context` that trusts theirs.
    """

    def __init__(self, url: str, *, judge=_public, context=None):
        self.parts = urlsplit(url.strip())
        try:
            port = self.parts.port
        except ValueError:
            raise Refused(_HTTPS) from None
        if self.parts.scheme != "https" or not self.parts.hostname or self.parts.username or self.parts.password:
            raise Refused(_HTTPS)
        self.host, self.port = self.parts.hostname, port or 443
        addresses = _addresses(self.host, self.port)
        if not addresses or not all(map(judge, addresses)):
            raise Refused(_INSIDE)
        self.address = addresses[0]
        self.context = context or ssl.create_default_context()
        self.began, self.size = time.monotonic(), 0

    def json(self, url: str):
        """What an address of the same host answers, as JSON; (value, ETag)."""
        for _hop in range(4):
            answer, body = self._get(url)
            if answer.status in (301, 302, 303, 307, 308):
                url = self._onward(url, answer.getheader("Location", ""))
                continue
            if answer.status != 200:
                raise Refused(_STATUS, url=url, status=answer.status)
            try:
                return json.loads(body)
            except (ValueError, RecursionError):
                raise Refused(_NO_JSON, url=url) from None
        raise Refused(_STATUS, url=url, status="3xx")

    def _onward(self, url, to):
        onward = urljoin(url, to)
        parts = urlsplit(onward)
        if (parts.scheme, parts.hostname, parts.port or 443) != ("https", self.host, self.port):
            raise Refused(_ELSEWHERE, host=self.host, to=onward[:200])
        return onward

    def _get(self, url):
        if time.monotonic() - self.began > ALTOGETHER:
            raise Refused(_TOO_SLOW, minutes=ALTOGETHER // 60)
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Pinned(self.host, self.port, self.address, self.context)
        try:
            connection.request("GET", path, headers={"Accept": "application/json", "User-Agent": AGENT})
            answer = connection.getresponse()
            return answer, self._body(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refused(_UNREACHED, host=self.host, why=type(error).__name__) from None
        finally:
            connection.close()

    def _body(self, answer) -> bytes:
        """An answer's bytes, read piece by piece: neither endless nor endlessly slow."""
        pieces, size = [], 0
        while piece := answer.read1(1 << 16):
            size += len(piece)
            self.size += len(piece)
            if size > LARGEST_PAGE or self.size > LARGEST:
                raise Refused(_TOO_LARGE, size=(LARGEST_PAGE if size > LARGEST_PAGE else LARGEST) // 2**20)
            if time.monotonic() - self.began > ALTOGETHER:
                raise Refused(_TOO_SLOW, minutes=ALTOGETHER // 60)
            pieces.append(piece)
        return b"".join(pieces)


def _feed(fetcher: Fetcher, url: str, *, after: str = "", say=None) -> list[dict]:
    """Every service of an HSDS API in full: by pages in full where it knows them, else one by one."""
    base, found, page = url.rstrip("/"), [], 1
    while page <= MOST_PAGES:
        asked = {"full": "true", "per_page": PER_PAGE, "page": page} | ({"modified_after": after} if after else {})
        told = fetcher.json(f"{base}/services?{urlencode(asked)}")
        rows = told if isinstance(told, list) else told.get("contents") if isinstance(told, dict) else None
        if not isinstance(rows, list):
            raise Refused(_NO_JSON, url=base)
        found += [_whole(fetcher, base, row) for row in rows if isinstance(row, dict)]
        pages = told.get("total_pages") if isinstance(told, dict) else None
        pages = pages if isinstance(pages, int) else page  # what is no number says nothing: this page is the last
        if isinstance(told, list) or not rows or told.get("last_page") or page >= pages:
            return found
        if say:
            say("fetch", page / pages)
        page += 1
    return found


def _whole(fetcher, base, row):
    """A service in full, asked for by itself where the list told its own fields only."""
    full = any(isinstance(value, list) for value in row.values()) or "service_at_locations" in row
    return row if full or not row.get("id") else fetcher.json(f"{base}/services/{row['id']}")
