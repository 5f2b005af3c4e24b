"""What holds for every Spanish verb: analysing gives back what was conjugated, taking apart what was joined."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from robust.lang.es.morphology import Reading, conjugations, joined, readings, split, verb_forms
from robust.lang.es.morphology.clitics import _sequences, _takes
from robust.lang.es.morphology.spelling import marked, spelled
from robust.lang.es.morphology.stems import infinitives

verbs = st.sampled_from(sorted(infinitives()))
forms = st.sampled_from(verb_forms())
hosts = st.sampled_from([form for form in verb_forms() if form.mood in ("infinitive", "gerund", "imperative")])
letters = st.text(alphabet="abcdefghijlmnñopqrstuvxyzáéíóúü", max_size=12)


@given(verbs, forms)
@settings(max_examples=300, deadline=None)
def test_analysing_gives_back_what_was_conjugated(verb: str, form: object) -> None:
    for surface in conjugations(verb, form):  # type: ignore[arg-type]
        assert Reading(verb, form) in readings(surface)  # type: ignore[arg-type]
        assert spelled(marked(surface)) == surface or surface in ("dé", "sé")


@given(verbs, hosts, st.sampled_from(_sequences()))
@settings(max_examples=300, deadline=None)
def test_splitting_gives_back_what_was_joined(verb: str, form: object, clitics: tuple[str, ...]) -> None:
    for host in conjugations(verb, form):  # type: ignore[arg-type]
        if _takes(form, clitics):  # type: ignore[arg-type]
            word = joined(host, clitics)
            assert word is not None
            found = [one for one in split(word) if (one.host, one.clitics) == (host, clitics)]
            assert [Reading(verb, form) in one.readings for one in found] == [True]  # type: ignore[arg-type]


@given(letters)
@settings(max_examples=300, deadline=None)
def test_any_letters_are_analysed_without_error(word: str) -> None:
    for found in readings(word):
        assert word in conjugations(found.lemma, found.form)
    for enclisis in split(word):
        assert joined(enclisis.host, enclisis.clitics) == word
