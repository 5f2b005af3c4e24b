"""Where the stress of a Spanish word falls, by its spelling."""

from __future__ import annotations

from collections.abc import Sequence

_STRONG, _WEAK, _FRONT = "aeoáéó", "iu", "eiéí"
_VOWELS = _STRONG + _WEAK + "íúü"


def silent(letters: Sequence[str], at: int) -> bool:
    """Whether letter `at` (lower case, composed) is the u of que, qui, gue or gui."""
    before, after = "".join(letters[max(0, at - 1) : at]), "".join(letters[at + 1 : at + 2])
    return letters[at] == "u" and before in ("q", "g") and bool(after) and after in _FRONT


def nuclei(letters: Sequence[str]) -> list[int]:
    """Positions of the vowels that carry a syllable: not a silent u, nor the weak vowel of a diphthong."""
    found = []
    for at, letter in enumerate(letters):
        before, after = "".join(letters[max(0, at - 1) : at]), "".join(letters[at + 1 : at + 2])
        beside = bool(before and before in _STRONG) or bool(after and after in _STRONG)
        glide = (letter in _WEAK and (beside or (after in ("i", "u") and after != letter))) or letter == "ü"
        if letter in _VOWELS and not glide and not silent(letters, at):
            found.append(at)
    return found


def stressed(letters: Sequence[str]) -> int | None:
    """The vowel that bears the stress of a word without a written accent; None where the word has no vowel.

    The last syllable but one where the word ends in a vowel, n or s (not after another consonant), else the last.
    """
    places = nuclei(letters)
    if not places:
        return None
    ending = "".join(letters[-2:])
    vowel_n_or_s = ending[-1] in _VOWELS + "n" or (ending[-1] == "s" and ending[0] in _VOWELS)
    return places[-2] if vowel_n_or_s and len(places) > 1 else places[-1]
