"""English contractions and the two words they stand for, where that is certain: `don't`, `do not`.

After Huddleston and Pullum, *The Cambridge Grammar of the English Language* (2002), chapter 3: negative forms of
auxiliaries, and auxiliaries that lean on a pronoun, which they do not where what they govern is missing (`I know where
it is now`, `yes, it is`).
"""

from __future__ import annotations

from collections.abc import Mapping

from robust.lang.base import language
from robust.lang.forms import word_set
from robust.lang.lexicon import lexicon

_NEGATIVE: Mapping[str, str] = {
    "isn't": "is", "aren't": "are", "wasn't": "was", "weren't": "were", "don't": "do", "doesn't": "does",
    "didn't": "did", "haven't": "have", "hasn't": "has", "hadn't": "had", "wouldn't": "would", "couldn't": "could",
    "shouldn't": "should", "mustn't": "must",
    "can't": "can",
    "won't": "will",
}  # fmt: skip
"""Contraction → the verb; *ain't*, *mayn't* and their like are left out."""
_FULL: Mapping[str, Mapping[str, str]] = {
    "'m": {"i": "am"},
    "'re": dict.fromkeys(("you", "we", "they"), "are"),
    "'ve": dict.fromkeys(("i", "you", "we", "they"), "have"),
    "'ll": dict.fromkeys(("i", "you", "he", "she", "it", "we", "they", "there", "that"), "will"),
    "'s": dict.fromkeys(("he", "she", "it", "that", "there", "here", "what", "who"), "is"),
    "'d": dict.fromkeys(("i", "you", "he", "she", "we", "they", "it"), "would"),
}
"""Ending → what it can lean on → what it stands for; of 's and 'd the next word has to tell."""
_SUBJECTS = word_set(
    "i you he she it we they there this that these those the a an my your his her our their anyone nobody"
)
"""After a contracted verb, the subject of a question: `don't you think`, but not `do not you think`."""
_QUESTIONS = word_set("why how what where when who which and but or so")
_IS_BEFORE = word_set(
    "a an the so very too my your his her our their like in on at about of no nothing something why what how"
)
"""What follows *is*, never *has*."""
_HAS_BEFORE = word_set("been got become had")
_WOULD_BEFORE = word_set("be have like love say recommend never give go")
_HAVE_BEFORE = word_set("been got had seen become done never already just gone")
"""What shows that *have* is an auxiliary."""
_NOT_AFTER = word_set("where how what which who than as whatever wherever however when if so like why whether")
"""Words after which what a verb governs may stand before it (`how good it is to see`)."""
_NO_COMPLEMENT = word_set("and or but than then when if because that as to now today here there too though still")


def expanded(word: str, before: str, after: str, *, opens: bool) -> tuple[str, str] | None:
    """The two words of the contraction `word`; None where it is none or could be another.

    In lower case, with straight apostrophes. `before` and `after` are the words beside it, empty where more than white
    space parts them; `opens`: it begins a sentence.
    """
    verb = _NEGATIVE.get(word)
    if verb is not None:
        command = verb == "do" and opens
        question = after in _SUBJECTS or ((opens or before in _QUESTIONS) and not command)
        return None if question else (verb, "not")
    host, mark, ending = word.partition("'")
    full = _FULL.get(mark + ending, {}).get(host)
    if full == "is":
        full = "has" if after in _HAS_BEFORE and host not in ("here", "what") else full if _after_is(after) else None
    if full == "would" and after not in _WOULD_BEFORE:
        return None
    return (host, full) if full else None


def contracted(one: str, other: str, before: str, after: str) -> str | None:
    """The contraction of two neighbouring words (lower case); None where they have none here."""
    if other == "not":
        return _CONTRACTED.get(one)
    ending = next((ending for ending, hosts in _FULL.items() if hosts.get(one) == other), None)
    missing = not after or after in _NO_COMPLEMENT or before in _NOT_AFTER
    if ending is None or missing or (other == "have" and after not in _HAVE_BEFORE):
        return None
    if after == "not" and other not in ("am", "are", "is"):
        return None  # `it will not` is `it won't`
    if other == "is" and one in ("what", "who"):
        return None  # `the one who is here`
    return one + ending


def _after_is(after: str) -> bool:
    found = list(language("en").analyse(after, lexicon("en"))) if after else []
    gerund = any(one.part_of_speech == "verb" and one.form == "gerund" for one in found)
    adjective = any(one.part_of_speech == "adj" for one in found) and not any(
        one.part_of_speech == "verb" for one in found
    )
    return after in _IS_BEFORE or gerund or adjective


_CONTRACTED = {verb: short for short, verb in _NEGATIVE.items()}
