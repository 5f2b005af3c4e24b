"""The cosine of changed words, by the shipped vectors."""

import pytest

from robust.constraints.embedding_cosine import EmbeddingCosine
from robust.core.constraint import Pair
from robust.errors import PluginError
from robust.lang.base import language


def keeps(made, string, index, word, lang="en"):
    text = language(lang).text(string)
    candidate = text.replace(index, word)
    return bool(made([Pair(text, candidate, lang)])[0])


@pytest.mark.parametrize(
    ("string", "index", "word", "lang", "expected"),
    [
        ("the movie", 1, "film", "en", True),
        ("The MOVIES", 1, "FILMS", "en", True),
        ("the movie", 1, "movies", "en", True),
        ("the movie", 1, "soup", "en", False),
        ("a good one", 1, "bad", "en", False),
        ("casas bonitas", 1, "hermosas", "es", True),
        ("casas bonitas", 1, "feas", "es", False),
    ],
)
def test_near_words_pass(string, index, word, lang, expected) -> None:
    assert keeps(EmbeddingCosine(minimum=0.7), string, index, word, lang) is expected


def test_words_without_a_vector_pass_unless_told() -> None:
    assert keeps(EmbeddingCosine(), "the movie", 1, "mvoie")
    assert not keeps(EmbeddingCosine(unknown=False), "the movie", 1, "mvoie")
    assert keeps(EmbeddingCosine(unknown=False), "the mvoie", 1, "MVOIE")


def test_every_changed_word_counts_and_added_ones_do_not() -> None:
    text = language("en").text("the movie was good")
    both = text.replace(1, "film").replace(3, "bad")
    pairs = [Pair(text, text, "en"), Pair(text, both, "en"), Pair(text, text.insert(0, "soup"), "en")]
    assert EmbeddingCosine()(pairs).tolist() == [True, False, True]
    assert EmbeddingCosine()([Pair(text, text.delete(1), "en")]).tolist() == [True]


def test_a_minimum_beyond_1_is_refused() -> None:
    with pytest.raises(PluginError, match="minimum is 70"):
        EmbeddingCosine(minimum=70)
