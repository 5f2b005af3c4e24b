"""The shipped tables through `Language`: what is offered, in which form, and what never is."""

import pickle

import pytest

from robust.errors import UserError
from robust.lang import language
from robust.lang.lexicon import lexicon

EN, ES = language("en"), language("es")


def test_the_known_languages() -> None:
    assert language("en") is EN
    assert (EN.code, ES.code) == ("en", "es")
    assert pickle.loads(pickle.dumps(ES)) is ES
    with pytest.raises(UserError, match="unknown language 'fr'") as caught:
        language("fr")
    assert "en, es" in caught.value.fix


def test_perfect_performance_becomes_spotless_performance() -> None:
    assert "Spotless" in EN.synonyms("Perfect")
    text = EN.text("Perfect performance by the actor")
    assert str(text.replace(0, "Spotless")) == "Spotless performance by the actor"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("perfect", {"flawless", "ideal", "impeccable", "spotless"}),
        ("movies", {"films", "pictures"}),
        ("wrote", {"composed", "published"}),
        ("happier", {"luckier"}),
        ("quickly", {"rapidly", "swiftly"}),
        ("Boring", {"Tedious", "Dull"}),
        ("HATED", {"DETESTED", "LOATHED"}),
    ],
)
def test_english_candidates(word: str, expected: set[str]) -> None:
    assert expected <= set(EN.synonyms(word))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("perfecta", {"magnífica", "intachable", "espléndida"}),
        ("buenos", {"excelentes", "magníficos"}),
        ("Excelente", {"Genial", "Formidable"}),
        ("habitaciones", {"alcobas", "estancias"}),
        ("actores", {"artistas", "intérpretes"}),
        ("ODIAR", {"DETESTAR", "ABORRECER"}),
        ("franceses", {"galos"}),
        ("lentamente", {"pausadamente"}),
    ],
)
def test_spanish_candidates(word: str, expected: set[str]) -> None:
    assert expected <= set(ES.synonyms(word))


def test_spanish_adjectives_keep_gender_and_number() -> None:
    feminine, plural = ES.synonyms("perfecta"), ES.synonyms("buenos")
    assert feminine
    assert not [word for word in feminine if word.endswith(("o", "os", "as", "es"))]
    assert plural
    assert all(word.endswith(("os", "es")) for word in plural)


def test_spanish_adjectives_that_hide_their_gender_get_only_their_like() -> None:
    # `una mujer feliz` must not become `una mujer dichoso`.
    for word in ("excelente", "felices", "horribles", "superior"):
        for other in ES.synonyms(word):
            readings = [found.form[0] for found in ES.analyse(other, lexicon("es")) if found.part_of_speech == "adj"]
            assert not readings or "c" in readings or "noun" in ES.parts_of_speech(word), (word, other)


def test_spanish_nouns_keep_their_gender() -> None:
    house = ES.synonyms("casa")
    assert "vivienda" in house
    assert not {"hogar", "domicilio", "edificio"} & set(house)
    # `el agua` must not become `el bebida`.
    assert not [word for word in ES.synonyms("agua") if not word.startswith(("a", "á", "ha"))]


@pytest.mark.parametrize(
    ("code", "word", "opposites"),
    [
        ("en", "perfect", {"imperfect", "defective", "faulty"}),
        ("en", "good", {"bad", "evil", "ill"}),
        ("en", "bad", {"good"}),
        ("en", "happy", {"unhappy", "sad"}),
        ("en", "careful", {"careless"}),
        ("en", "quickly", {"slowly"}),
        ("es", "perfecto", {"imperfecto", "defectuoso"}),
        ("es", "bueno", {"malo", "pésimo"}),
        ("es", "malo", {"bueno"}),
        ("es", "útil", {"inútil"}),
        ("es", "amar", {"odiar", "aborrecer"}),
    ],
)
def test_antonyms_are_never_offered(code: str, word: str, opposites: set[str]) -> None:
    offered = set(language(code).synonyms(word))
    assert offered
    assert not offered & opposites


@pytest.mark.parametrize(
    ("code", "word"), [("en", "don't"), ("en", "No"), ("en", "never"), ("en", "n't"), ("es", "nunca")]
)
def test_negations_are_stopwords_and_have_no_synonyms(code: str, word: str) -> None:
    assert language(code).is_stopword(word)
    assert language(code).synonyms(word) == ()


def test_accents_and_apostrophes_in_any_encoding() -> None:
    assert EN.is_stopword("Don’t")
    assert ES.is_stopword("jama\u0301s")
    decomposed = ES.synonyms("tra\u0301gica")
    assert decomposed
    assert decomposed == ES.synonyms("tra\u0301gica")
    assert not ES.is_stopword("buena")


@pytest.mark.parametrize("code", ["en", "es"])
def test_unknown_words_and_things_that_are_not_words(code: str) -> None:
    lang = language(code)
    for word in ("", "x", "qzxkv", "3,5", "@user", "http://a.b", "👍🏽"):
        assert lang.synonyms(word) == ()
    assert lang.parts_of_speech("qzxkv") == frozenset()


def test_spanish_nouns_that_hide_their_number_get_only_their_like() -> None:
    # `las crisis` must not become `las dificultad`.
    assert all(word.endswith("s") for word in ES.synonyms("crisis"))


def test_parts_of_speech() -> None:
    assert EN.parts_of_speech("Perfect") >= {"adj", "verb"}
    assert EN.parts_of_speech("wrote") == {"verb"}
    assert ES.parts_of_speech("perfecta") == {"adj"}
    assert ES.parts_of_speech("odiar") == {"verb"}


@pytest.mark.parametrize("code", ["en", "es"])
def test_every_candidate_is_one_lower_case_word_that_is_no_stopword(code: str) -> None:
    lang, table = language(code), lexicon(language(code).code)
    for lemma in table.lines:
        for entry in table.entries(lemma):
            assert lemma not in entry.synonyms
            assert len(set(entry.synonyms)) == len(entry.synonyms) <= 60
            for word in entry.synonyms:
                assert word == word.lower()
                assert word not in lang.stopwords
                assert lang.spans(word) == ((0, len(word)),)


@pytest.mark.parametrize("code", ["en", "es"])
def test_keyboards_are_symmetric(code: str) -> None:
    keyboard = language(code).keyboard
    assert set("abcdefghijklmnopqrstuvwxyz") <= set(keyboard)
    assert ("ñ" in keyboard) == (code == "es")
    for key, near in keyboard.items():
        assert near
        assert key not in near
        assert all(key in keyboard[other] for other in near)


def test_homoglyphs_differ_from_their_letters() -> None:
    assert all(letter != other and len(other) == 1 for letter, other in EN.homoglyphs.items())
