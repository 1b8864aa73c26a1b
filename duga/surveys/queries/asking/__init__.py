"""What is asked of whom: links, and what stands behind one."""

from duga.surveys.queries.asking.links import Asked, asked, link_tokens, links_of, token_mark

__all__ = ["Asked", "asked", "link_tokens", "links_of", "token_mark"]
