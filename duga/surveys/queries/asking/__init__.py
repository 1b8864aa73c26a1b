"""What is asked of whom: links, and what stands behind one."""

from duga.surveys.queries.asking.links import (
    Asked,
    asked,
    gives_links_in,
    link_tokens,
    links_of,
    newest,
)

__all__ = ["Asked", "asked", "gives_links_in", "link_tokens", "links_of", "newest"]
