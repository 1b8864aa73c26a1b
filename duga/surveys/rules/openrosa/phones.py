"""The QR code by which ODK Collect and KoboCollect are set up: settings as JSON, packed with zlib, in base64.

Source: docs.getodk.org/collect-import-export, "Making your custom QR code". KoboCollect reads the same.
"""

import base64
import json
import zlib


def managed_settings(*, server: str, project: str, username: str = "", password: str = "") -> dict:
    """The settings of one phone. With a token in the server's address, user name and password stay empty.

    Forms are kept as the server has them and answers are sent as soon as there is a connection, so that nobody in the
    field has to think of it; sent forms stay on the phone, readable, until somebody deletes them there.
    """
    general = {
        "protocol": "odk_default", "server_url": server, "form_update_mode": "match_exactly",
        "periodic_form_updates_check": "every_one_hour", "autosend": "wifi_and_cellular", "username": username,
        "password": password,
    }  # fmt: skip
    return {"general": general, "admin": {}, "project": {"name": project[:60]}}


def packed(settings: dict) -> str:
    """The text of the QR code."""
    told = json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(told, 9)).decode()


def unpacked(text: str) -> dict:
    """The settings again, as a phone reads them."""
    return json.loads(zlib.decompress(base64.b64decode(text)))
