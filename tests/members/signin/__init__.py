"""What tests of signing in share: browsers that enter, and that guess."""

from django.test import Client

from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"
OFFICE, HOME, STRANGER = "192.0.2.10", "198.51.100.7", "203.0.113.66"


def enter(client, email, password=PASSWORD, address=HOME, **headers):
    return client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address, **headers)


def inside(response):
    return response.status_code == 302 and response["Location"].startswith("/workspace/")


def guess(email, times, address, client=None, **headers):
    client = client or Client()
    return [enter(client, email, f"wrong {i}", address, **headers).status_code for i in range(times)]
