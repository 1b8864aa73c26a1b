"""Generated documents tell today's code; README's pictures and links are there."""

import re

import pytest

from scripts.generated_docs import TARGET, documents

ROOT = TARGET.parent.parent


@pytest.mark.parametrize("name", ["roles.md", "fields.md", "commands.md"])
def test_generated_documents_are_not_stale(name):
    assert (TARGET / name).read_text() == documents()[name], "run `make docs`"


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=lambda p: p.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text())
    gone = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert gone == []
