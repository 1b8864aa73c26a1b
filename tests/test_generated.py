"""Generated documents tell today's code; README's pictures and links are there."""

import json
import re
import subprocess
import sys

import pytest

from scripts.generated_docs import TARGET

ROOT = TARGET.parent.parent


@pytest.fixture(scope="module")
def told():
    """The documents as a fresh process tells them: click's commands remember how they were first asked for help."""
    told = subprocess.run(
        [sys.executable, "-m", "scripts.generated_docs", "--print"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@pytest.mark.parametrize("name", ["roles.md", "fields.md", "commands.md"])
def test_generated_documents_are_not_stale(told, name):
    assert (TARGET / name).read_text() == told[name], "run `make docs`"


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=lambda p: p.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text())
    gone = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert gone == []
