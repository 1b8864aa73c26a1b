"""A feed from another directory: our own API served over TLS, and the ways a hostile address might lead astray."""

import datetime as dt
import http.server
import json
import ssl
import threading
from types import SimpleNamespace

import pytest

from duga.directory.actions.exchange import fetching, import_feed
from duga.directory.models import Provider, Service, Source
from duga.plain.errors import DugaError, Refused
from tests.directory.test_hsds_api import directory  # noqa: F401


def certificate(folder):
    """A certificate for localhost that only this test trusts: (file, its context)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def served(tmp_path):
    """A server of whatever `answers` {path with query or path: (status, headers, body)} says, on https://localhost."""
    answers: dict = {}
    asked: list = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, headers, body = answers.get(self.path) or answers.get(self.path.split("?")[0]) or (404, {}, b"")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    file = certificate(tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"https://localhost:{server.server_port}/api/hsds"
    trusted = ssl.create_default_context(cafile=str(file))
    yield SimpleNamespace(
        answers=answers, asked=asked, url=url,
        fetcher=lambda: fetching.Fetcher(url, judge=lambda address: True, context=trusted),
    )  # fmt: skip
    server.shutdown()
    server.server_close()
    thread.join()


def test_our_own_api_is_a_feed(client, directory, served):  # noqa: F811
    """What the API says goes out page by page and comes in whole, with its source; the second time only what is new."""
    page = client.get("/api/hsds/services?full=true&per_page=100").content
    served.answers["/api/hsds/services"] = (200, {}, page)
    Service.objects.all().delete()
    Provider.objects.all().delete()
    told = {"by": directory.viewer("national"), "network_id": directory.me.pk, "url": served.url}
    outcome = import_feed(**told, fetcher=served.fetcher())
    assert (outcome.errors, outcome.numbers["service"]) == ([], 2)
    source = Source.objects.get()
    assert (source.name, source.kind, source.url) == ("localhost", "feed", served.url)
    assert source.fetched_at and source.fetched["services"] == 2
    served.answers["/api/hsds/services"] = (200, {}, json.dumps({"contents": [], "last_page": True}).encode())
    again = import_feed(**told, fetcher=served.fetcher())
    assert again.imported == 0
    assert "modified_after=" in served.asked[-1] and "modified_after=" not in served.asked[0]


def test_lists_of_names_are_asked_for_one_by_one(directory, served, client):  # noqa: F811
    full = client.get(f"/api/hsds/services/{directory.legal.pk}").content
    row = {"id": str(directory.legal.pk), "name": "Besplatna pravna pomoć", "status": "active"}
    served.answers["/api/hsds/services"] = (200, {}, json.dumps({"contents": [row], "total_pages": 1}).encode())
    served.answers[f"/api/hsds/services/{directory.legal.pk}"] = (200, {}, full)
    Service.objects.all().delete()
    import_feed(by=directory.viewer("national"), network_id=directory.me.pk, url=served.url, fetcher=served.fetcher())
    assert Service.objects.get().phones.count() == 1


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://", "https://user:pass@example.org/",
     "https://example.org:99999/", "javascript:alert(1)", ""],
)  # fmt: skip
def test_only_https_is_read(url):
    with pytest.raises(Refused):
        fetching.Fetcher(url)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "224.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_private_addresses_are_not_gone_to(address, monkeypatch):
    told = [(0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: told)
    with pytest.raises(Refused, match="private"):
        fetching.Fetcher("https://innocent.example/")


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    told = [(0, 0, 0, "", (address, 443)) for address in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: told)
    with pytest.raises(Refused, match="private"):
        fetching.Fetcher("https://innocent.example/")


def test_a_name_is_looked_up_once(served, monkeypatch):
    fetcher = served.fetcher()
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda host, *args, **more: pytest.fail(f"asked {host} again")
                        if host == "localhost" else REAL(host, *args, **more))  # fmt: skip
    served.answers["/x"] = (200, {}, b"[]")
    assert fetcher.json(served.url.replace("/api/hsds", "/x")) == []


REAL = fetching.socket.getaddrinfo


def test_redirects_lead_to_the_same_host_only(served):
    fetcher, base = served.fetcher(), served.url.replace("/api/hsds", "")
    served.answers["/a"] = (302, {"Location": "/b"}, b"")
    served.answers["/b"] = (200, {}, b"[1]")
    assert fetcher.json(f"{base}/a") == [1]
    for to in ("https://169.254.169.254/", "http://localhost/", "//example.org/", "https://localhost:1/"):
        served.answers["/a"] = (302, {"Location": to}, b"")
        with pytest.raises(Refused, match="elsewhere"):
            fetcher.json(f"{base}/a")
    served.answers["/a"] = (302, {"Location": "/a"}, b"")
    with pytest.raises(Refused):
        fetcher.json(f"{base}/a")


def test_answers_are_bounded(served, monkeypatch):
    base = served.url.replace("/api/hsds", "")
    served.answers["/big"] = (200, {}, b"[" + b" " * 200_000 + b"]")
    monkeypatch.setattr(fetching, "LARGEST_PAGE", 100_000)
    with pytest.raises(Refused, match="larger"):
        served.fetcher().json(f"{base}/big")
    monkeypatch.setattr(fetching, "ALTOGETHER", -1)
    with pytest.raises(Refused, match="longer"):
        served.fetcher().json(f"{base}/big")


def test_what_is_no_api_is_said(served, cast):
    for answer in ((200, {}, b"<html>"), (500, {}, b""), (200, {}, b'{"contents": 5}'), (200, {}, b'"x"')):
        served.answers["/api/hsds/services"] = answer
        with pytest.raises(DugaError):
            import_feed(by=cast.viewer("national"), network_id=cast.me.pk, url=served.url, fetcher=served.fetcher())
    assert Service.objects.count() == 0


def test_a_certificate_nobody_trusts_ends_it(served):
    fetcher = fetching.Fetcher(served.url, judge=lambda address: True)
    with pytest.raises(Refused, match="cannot be reached"):
        fetcher.json(served.url)
