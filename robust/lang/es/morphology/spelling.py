"""Spanish syllables, stress and written accents, and the letters that change with the vowel that follows.

Rules: RAE and ASALE, *Ortografía de la lengua española* (2010), chapter II (the written accent) and section I.6.2 (the
letters of one sound). A *marked* word carries exactly one acute, on the vowel that is stressed, whether Spanish writes
it or not (`hábla`, `canción`). Forms are put together marked and spelt at the end: one rule puts all accents right.
"""

from __future__ import annotations

ACUTE = dict(zip("aeiou", "áéíóú", strict=True))
PLAIN = {acute: plain for plain, acute in ACUTE.items()}
_OPEN = frozenset("aeoáéó")
_VOWELS = frozenset("aeiouáéíóúü")
_UNACCENTED = str.maketrans("áéíóú", "aeiou")


def unaccented(word: str) -> str:
    """`word` without acutes; the dieresis stays."""
    return word.translate(_UNACCENTED)


def silent(word: str, at: int) -> bool:
    """Whether the `u` at `at` only says how `q` or `g` sounds (`que`, `guía`)."""
    return word[at] == "u" and word[at - 1 : at] in ("q", "g") and word[at + 1 : at + 2] in tuple("eiéí")


def _joined(one: str, other: str) -> bool:
    """Whether two neighbouring vowels count as one syllable in writing (a diphthong), whatever they sound like."""
    both_open = one in _OPEN and other in _OPEN
    stressed_closed = (one in "íú" and other in _OPEN) or (other in "íú" and one in _OPEN)
    return not both_open and not stressed_closed and one != other


def _consonantal(word: str, at: int) -> bool:
    """Whether the closed vowel after an `h` begins a syllable of its own with the next vowel (`ahueca`, `zahiere`)."""
    return word[at] in "iu" and word[at + 1 : at + 2] in _OPEN


def nuclei(word: str) -> list[int]:
    """Positions of the vowels that carry a syllable; an `h` between vowels does not part them (`ahu-mar`)."""
    groups: list[list[int]] = []
    for at, letter in enumerate(word):
        if letter not in _VOWELS or silent(word, at):
            continue
        last = groups[-1][-1] if groups else -9
        touching = last == at - 1 or (last == at - 2 and word[at - 1] == "h" and not _consonantal(word, at))
        if touching and _joined(word[last], letter):
            groups[-1].append(at)
        else:
            groups.append([at])
    return [_nucleus(word, group) for group in groups]


def _nucleus(word: str, group: list[int]) -> int:
    """The vowel of a diphthong or triphthong that takes the stress: the open one, else the accented, else the last."""
    for chosen in (frozenset(PLAIN), _OPEN):
        found = [at for at in group if word[at] in chosen]
        if found:
            return found[0]
    return group[-1]


def _light_end(word: str) -> bool:
    """Whether `word` ends in a vowel or in `n` or `s` after a vowel: then the last syllable but one is stressed."""
    return word[-1] in _VOWELS or (word[-1] in "ns" and word[-2:-1] in _VOWELS)


def stress(word: str) -> int:
    """Position of the stressed vowel of a conventionally spelt word; -1 where there is no vowel."""
    for at, letter in enumerate(word):
        if letter in PLAIN:
            return at
    found = nuclei(word)
    if not found:
        return -1
    return found[-2] if len(found) > 1 and _light_end(word) else found[-1]


def marked(word: str) -> str:
    """`word` with an acute on its stressed vowel."""
    at = stress(word)
    return word if at < 0 or word[at] in PLAIN else word[:at] + ACUTE.get(word[at], word[at]) + word[at + 1 :]


def spelled(word: str) -> str:
    """A marked word as Spanish spells it: the acute stays only where the rules ask for it."""
    at = next((i for i, letter in enumerate(word) if letter in PLAIN), -1)
    if at < 0:
        return word
    syllables = nuclei(word)
    place = len(syllables) - syllables.index(at)
    keeps = (
        place > 2 or (place == 1 and len(syllables) > 1 and _light_end(word)) or (place == 2 and not _light_end(word))
    )
    return word if keeps or _parted(word, at) else unaccented(word)


def _parted(word: str, at: int) -> bool:
    """Whether a stressed `í` or `ú` stands beside an open vowel (`país`, `prohíbe`): it is always accented."""
    if word[at] not in "íú":
        return False
    before = word[at - 2 : at - 1] if word[at - 1 : at] == "h" else word[at - 1 : at]
    after = word[at + 2 : at + 3] if word[at + 1 : at + 2] == "h" else word[at + 1 : at + 2]
    return bool(before and before in _OPEN) or bool(after and after in _OPEN)


def attached(stem: str, ending: str, theme: str) -> str:
    """`stem` + `ending` of a verb in `theme` (`a`, `e` or `i`), its last consonant spelt as it sounds there.

    `toc` + `é` → `toqué`, `venc` + `o` → `venzo`.
    """
    first = unaccented(ending[:1])
    if theme == "a" and first == "e":
        for written, before_e in (("gu", "gü"), ("c", "qu"), ("g", "gu"), ("z", "c")):
            if stem.endswith(written):
                return stem[: -len(written)] + before_e + ending
    if theme != "a" and first in ("a", "o"):
        for written, before_a in (("gu", "g"), ("qu", "c"), ("c", "z"), ("g", "j")):
            if stem.endswith(written):
                return stem[: -len(written)] + before_a + ending
    return stem + ending


def glided(stem: str, ending: str) -> str:
    """`stem` + an ending in `i` + vowel (`ió`, `iendo`): `leyó`, `huyendo`, `bullendo`, `argüir` → `arguyó`."""
    if stem.endswith(("ll", "ñ")):
        return stem + ending[1:]
    if stem.endswith("ü"):
        return stem[:-1] + "uy" + ending[1:]
    silent = stem.endswith(("gu", "qu"))
    return stem + "y" + ending[1:] if stem[-1] in _VOWELS and not silent else stem + ending
