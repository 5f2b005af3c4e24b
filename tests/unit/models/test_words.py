import time

import pytest

from robust.models.words import split, tokenizer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¡El NIÑO, no!", ["el", "niño", "no"]),
        ("Don’t «stop» at 3,5 well-made", ["don't", "stop", "at", "3", "5", "well", "made"]),
        ("cigu\u0308en\u0303a", ["cigüeña"]),  # letters and marks apart
        ("'tis '' o'clock' rock'n'roll", ["tis", "o'clock", "rock'n'roll"]),
        ("__init__ a_b", ["init", "a", "b"]),
        ("… ¿? 🙂", []),
        ("", []),
    ],
)
def test_words_are_letters_and_digits_with_their_accents(text, words) -> None:
    assert split(text, lowercase=True) == words
    known = tokenizer(words, lowercase=True, max_length=50)
    assert known.convert_ids_to_tokens(known(text)["input_ids"]) == [*words, "[SEP]"]


def test_training_and_tokeniser_split_alike_whatever_the_letter() -> None:
    for lowercase in (True, False):
        known = tokenizer(["a"], lowercase=lowercase, max_length=50).backend_tokenizer
        for code in [*range(0x20, 0x250), *range(0x2B0, 0x370), *range(0x1E00, 0x2100), 0x20AC, 0x1F642]:
            text = f"Ab{chr(code)}Ñc"
            plain = known.normalizer.normalize_str(text)
            assert [word for word, _ in known.pre_tokenizer.pre_tokenize_str(plain)] == split(text, lowercase=lowercase)


def test_splitting_is_fast() -> None:
    text = "El camarero nos trajo la cuenta, y nadie dijo nada; the waiter smiled at everyone. " * 200
    best = 0.0
    for _ in range(5):
        begun = time.process_time()
        words = split(text, lowercase=True)
        best = max(best, len(words) / (time.process_time() - begun))
    assert best > 400_000  # words a second; some millions on an idle processor
