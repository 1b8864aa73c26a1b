"""What the public pages show: releases in force, in words; and figures that others published."""

from duga.publishing.queries.countries import CountryPage, country_page, evidence_home, others
from duga.publishing.queries.provenance import is_public, provenance, release_file
from duga.publishing.queries.tables import Block, Stat, file_links, method_words, period_words, release_url

__all__ = [
    "Block",
    "CountryPage",
    "Stat",
    "country_page",
    "evidence_home",
    "file_links",
    "is_public",
    "method_words",
    "others",
    "period_words",
    "provenance",
    "release_file",
    "release_url",
]
