"""Spanish morphology against corpora and a table of conjugations that are not part of the repository."""

from __future__ import annotations

import csv
import lzma
from collections import Counter
from collections.abc import Iterator

import pytest

from robust.lang.es.agreement import SHIFTING, fits, repaired
from robust.lang.es.morphology import VerbForm, conjugations, readings, verb_form
from robust.lang.es.morphology.stems import infinitives
from tests import realdata

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

PERSONS = {
    ("1", "Sing"): ("yo",), ("2", "Sing"): ("tú", "vos"), ("3", "Sing"): ("él",),
    ("1", "Plur"): ("nosotros",), ("2", "Plur"): ("vosotros",), ("3", "Plur"): ("ellos",),
}  # fmt: skip
TENSES = {
    ("Ind", "Pres"): ("indicative present",), ("Ind", "Imp"): ("indicative imperfect",),
    ("Ind", "Past"): ("indicative preterite",), ("Ind", "Fut"): ("indicative future",),
    ("Sub", "Pres"): ("subjunctive present",), ("Sub", "Fut"): ("subjunctive future",),
    ("Sub", "Imp"): ("subjunctive imperfect", "subjunctive imperfect-se"),
    ("Cnd", None): ("indicative conditional",), ("Imp", None): ("imperative",),
}  # fmt: skip


def finite_verbs(*path: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(form, lemma, features) of each finite verb of a treebank, in lower case, the lemma without *se*."""
    for line in lzma.decompress(realdata.path(*path).read_bytes()).decode("utf-8").splitlines():
        fields = line.rstrip("\n").split("\t")
        if len(fields) > 9 and fields[3] in ("VERB", "AUX") and "VerbForm=Fin" in fields[5]:
            features = dict(pair.split("=", 1) for pair in fields[5].split("|"))
            yield fields[1].lower(), fields[2].lower().removesuffix("se"), features


def forms(features: dict[str, str]) -> list[VerbForm]:
    """The forms that the features of a treebank allow; empty where they do not say enough."""
    tenses = TENSES.get((features.get("Mood"), features.get("Tense")), ())  # type: ignore[arg-type]
    persons = PERSONS.get((features.get("Person"), features.get("Number")), ())  # type: ignore[arg-type]
    return [verb_form(f"{tense} {person}") for tense in tenses for person in persons]


@pytest.mark.parametrize(
    ("path", "usual", "accepted", "known"),
    [
        (("es", "ud_ancora", "es_ancora-ud-dev.conllu.xz"), 0.985, 0.994, 0.998),
        (("es", "ud_gsd", "es_gsd-ud-dev.conllu.xz"), 0.915, 0.92, 0.985),
        (("es", "ud_gsd", "es_gsd-ud-test.conllu.xz"), 0.895, 0.905, 0.98),
    ],
    ids=["ancora-dev", "gsd-dev", "gsd-test"],
)
def test_finite_verbs_are_made_from_lemma_and_features(
    path: tuple[str, ...], usual: float, accepted: float, known: float
) -> None:
    """Shares of all finite verb tokens that come out exactly: as the usual form, as an accepted one, and as an accepted
    one where the lemma is an infinitive that exists and the token is not marked as a slip (GSD's lemmas often are not).
    """
    counts: Counter[str] = Counter()
    for form, lemma, features in finite_verbs(*path):
        ways = [conjugations(lemma, one) for one in forms(features)]
        made = [one for way in ways for one in way]
        counts["all"] += 1
        counts["usual"] += form in [way[0] for way in ways if way]
        counts["accepted"] += form in made
        if lemma in infinitives() and "Typo" not in features and ways:
            counts["known"] += 1
            counts["known and accepted"] += form in made
            counts["read back"] += any(reading.lemma == lemma for reading in readings(form))
    shares = (
        counts["usual"] / counts["all"],
        counts["accepted"] / counts["all"],
        counts["known and accepted"] / counts["known"],
    )
    print(path[-1], shares, counts)  # noqa: T201
    assert shares[0] >= usual
    assert shares[1] >= accepted
    assert shares[2] >= known
    assert counts["read back"] / counts["known"] >= known


def sentences(*path: str) -> Iterator[list[tuple[str, str]]]:
    """(word, part of speech) for each sentence of a treebank; contractions whole (`del`, part of speech empty)."""
    for block in lzma.decompress(realdata.path(*path).read_bytes()).decode("utf-8").strip().split("\n\n"):
        words, inside = [], 0
        for fields in (line.split("\t") for line in block.splitlines() if not line.startswith("#")):
            if "-" in fields[0]:
                inside = int(fields[0].split("-")[1])
                words.append((fields[1], ""))
            elif "." not in fields[0] and int(fields[0]) > inside:
                words.append((fields[1], fields[3]))
        yield words


@pytest.mark.parametrize(
    "path",
    [("es", "ud_ancora", "es_ancora-ud-dev.conllu.xz"), ("es", "ud_gsd", "es_gsd-ud-dev.conllu.xz")],
    ids=["ancora-dev", "gsd-dev"],
)
def test_what_people_wrote_agrees_already(path: tuple[str, ...]) -> None:
    """A noun put in its own place changes nothing, and the words around it suit its sound."""
    counts: Counter[str] = Counter()
    for sentence in sentences(*path):
        words = tuple([word for word, _ in sentence])
        for i, (word, part_of_speech) in enumerate(sentence):
            if i and words[i - 1].lower() in SHIFTING and part_of_speech not in ("PUNCT", "PROPN", "NUM", "X"):
                counts["pairs"] += 1
                counts["suit"] += fits(words[i - 1], word, word)
            if part_of_speech == "NOUN":
                found = repaired(words, i, word)
                counts["nouns"] += 1
                counts["certain"] += found is not None
                assert found in (None, words)
    print(path[-1], counts)  # noqa: T201
    assert counts["suit"] / counts["pairs"] > 0.997
    assert counts["certain"] / counts["nouns"] > 0.7


JEHLE = {
    ("Indicativo", "Presente"): "indicative present", ("Indicativo", "Futuro"): "indicative future",
    ("Indicativo", "Imperfecto"): "indicative imperfect", ("Indicativo", "Pretérito"): "indicative preterite",
    ("Indicativo", "Condicional"): "indicative conditional", ("Subjuntivo", "Presente"): "subjunctive present",
    ("Subjuntivo", "Imperfecto"): "subjunctive imperfect", ("Subjuntivo", "Futuro"): "subjunctive future",
    ("Imperativo Afirmativo", "Presente"): "imperative",
}  # fmt: skip
COLUMNS = {
    "form_1s": "yo", "form_2s": "tú", "form_3s": "él", "form_1p": "nosotros", "form_2p": "vosotros", "form_3p": "ellos",
}  # fmt: skip
OLD_OR_SLIP = frozenset(
    [
        *("crié", "criáis", "criéis", "frió", "friáis", "guiáis", "guiéis", "huís", "huí", "riáis"),
        *("gruñed", "invirtéramos", "presintéramos", "sonemos", "tropezéis"),
    ]
)
"""Forms of the table in the spelling before 2010 (`guiáis`, now `guiais`), and its slips."""


def test_a_table_of_conjugations() -> None:
    """637 verbs: no form differs but where the table is older than the spelling of 2010, or mistaken."""
    counts: Counter[str] = Counter()
    different = set()
    path = realdata.path("lexicons", "verbs_es", "jehle_verb_database.csv")
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        tense = JEHLE.get((row["mood"], row["tense"]))
        verb = row["infinitive"].removesuffix("se")
        pronominal = verb != row["infinitive"]
        if tense is None or (pronominal and tense == "imperative"):
            continue
        for column, person in COLUMNS.items():
            theirs = row[column].split()[-1:]
            if theirs and (tense, person) != ("imperative", "yo"):
                ours = conjugations(verb, verb_form(f"{tense} {person}"))
                counts["all"] += 1
                counts["made"] += bool(ours)
                if ours and theirs[0] not in ours:
                    different.add(theirs[0])
    print(counts, sorted(different))  # noqa: T201
    assert different <= OLD_OR_SLIP
    assert counts["made"] / counts["all"] > 0.998
