"""`make screenshots`: the README's pictures, taken of a demo that is served for the occasion.

Needs the tests' environment and Debian's chromium. Uses the demo under DUGA_DATA (built first if it is not there).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 360, "height": 740}

#: (file, who, size, address or function of the page, colour scheme)
HOME = "dc-topli-prag-niksic"
SHOTS = (
    ("evidence", None, DESK, "/evidence/me/?lang=en", "light"),
    ("evidence-arabic", None, PHONE, "/about/?lang=ar", "light"),
    ("find", "worker@demo.example", PHONE, f"/workspace/organisations/{HOME}/find/?lang=sr-latn", "light"),
    ("record", "worker@demo.example", PHONE, "record", "light"),
    ("import", "coordinator@demo.example", DESK, "import", "light"),
    ("figures", "coordinator@demo.example", DESK, "/workspace/figures/?lang=en", "light"),
    ("provenance", None, DESK, "provenance", "dark"),
)


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def record(page):
    """The screen on which a worker records what a person received."""
    page.goto(f"/workspace/organisations/{HOME}/find/?lang=en")
    page.fill("input[name=q]", "Jovan")
    page.click("main form button >> nth=0")
    page.click("main ul.rows a >> nth=0")
    page.click("text=Record assistance")


def import_(page):
    """The columns of a messy spreadsheet, guessed."""
    page.goto(f"/workspace/organisations/{HOME}/import/?lang=en")
    page.set_input_files("input[type=file]", ROOT / "tests" / "data" / "messy.xlsx")
    page.click("text=Look at it")
    page.wait_for_url("**/columns/**")


def provenance(page):
    """Where a number of the public page comes from."""
    page.goto("/evidence/me/?lang=en")
    page.click("main a[href*='/evidence/release/'] >> nth=0")


WAYS = {"record": record, "import": import_, "provenance": provenance}


def take(browser, base, password, name, who, size, way, scheme):
    """One picture."""
    context = browser.new_context(base_url=base, viewport=size, color_scheme=scheme)
    page = context.new_page()
    if who:
        page.goto("/accounts/login/?lang=en")
        page.fill("input[name=login]", who)
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url("**/workspace/**")
    if way in WAYS:
        WAYS[way](page)
    else:
        page.goto(way)
    page.screenshot(path=TARGET / f"{name}.png")
    context.close()
    sys.stdout.write(f"  docs/screenshots/{name}.png\n")


def main():
    """Serves the demo, takes every picture, stops it."""
    port = free_port()
    command = [sys.executable, "-m", "config.cli", "demo", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 our own command
    base = f"http://localhost:{port}"
    try:
        for _second in range(300):
            try:
                urllib.request.urlopen(f"{base}/health", timeout=2)  # noqa: S310 our own server
                break
            except OSError:
                time.sleep(1)
        data = Path(os.environ.get("DUGA_DATA") or ROOT / "var")
        password = json.loads((data / "demo.json").read_text())["password"]
        TARGET.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for shot in SHOTS:
                take(browser, base, password, *shot)
            browser.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


if __name__ == "__main__":
    main()
