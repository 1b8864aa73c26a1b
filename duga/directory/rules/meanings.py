"""What a word someone types may mean: the terms of our taxonomies and the languages, in every language we have."""

from collections import defaultdict
from functools import lru_cache

from duga.directory.rules.search import stem, words_of
from duga.directory.rules.terms import KEYS, terms
from duga.directory.rules.words import words_for
from duga.places.rules import codes
from duga.plain.text import skeleton


@lru_cache(maxsize=1)
def meanings() -> dict[str, frozenset[str]]:
    """{stem, or "k:" and its sound: keys of the search index that a word of that stem means}.

    "pravna" and "pomoć" both mean legal aid, "pomoć" also help at home: asked for both, only what both mean is left.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for key in KEYS:
        for term in terms(key):
            _learn(found, term, f"{key}:{term.code}")
        for code, texts in words_for(key).items():
            _learn_words(found, texts, f"{key}:{code}")
    for term in codes("languages"):
        _learn(found, term, f"lang:{term.code}", term.fields.get("own", ""))
    return {word: frozenset(keys) for word, keys in found.items()}


def _learn(found, term, key, *more):
    _learn_words(found, (*term.labels.values(), *term.synonyms, *more), key)


def _learn_words(found, texts, key):
    for text in texts:
        for word in words_of(text):
            found[stem(word)].add(key)
            if len(word) > 3:
                found[f"k:{skeleton(word)}"].add(key)
