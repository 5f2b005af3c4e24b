"""How Spanish is misspelt by ear: letters that sound alike, by rule.

Which letters stand for the same sound: Real Academia Española and ASALE, *Ortografía de la lengua española* (2010),
chapter I. Rules are listed from the confusion that seems most common to the rarest; no corpus of errors is behind the
order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Variety: TypeAlias = Literal["seseo", "distincion"]
"""`seseo`: c and z sound like s (Latin America, the Canaries, much of Andalusia); `distincion`: they do not."""

_V = "aeiouáéíóúü"
_FRONT = "eiéí"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where `pattern` matches a word (lower case, composed), `new` is written; in one variety alone if it says so."""

    name: str
    pattern: str
    new: str
    variety: Variety | None = None


RULES: tuple[Rule, ...] = (
    Rule("b_v", rf"(?<!v)b(?=[{_V}])", "v"),  # before a consonant nobody writes v
    Rule("b_v", rf"(?<!b)v(?=[{_V}])", "b"),
    # h is silent at the beginning, between vowels, and where a prefix or an Arabic word brought it after a consonant;
    # ch is a sound of its own, and sh, th, ph are foreign.
    Rule("h", rf"^h(?=[{_V}])", ""),
    Rule("h", rf"(?<=[{_V}bdlnx])h(?=[{_V}])", ""),
    Rule("h", rf"(?<=^des)h(?=[{_V}])", ""),
    Rule("h", rf"^(?=[{_V}][^h]{{2,}}$)", "h"),
    Rule("s_c_z", rf"(?<![sxc])c(?=[{_FRONT}])", "s", "seseo"),
    Rule("s_c_z", rf"(?<=c)c(?=[{_FRONT}])", "s", "seseo"),
    Rule("s_c_z", r"z", "s", "seseo"),
    Rule("s_c_z", rf"(?<=.)s(?=[{_FRONT}])", "c", "seseo"),  # hardly ever at the beginning
    Rule("s_c_z", r"(?<=.)s(?=[aouáóú])", "z", "seseo"),
    Rule("s_c_z", rf"sc(?=[{_FRONT}])", "s", "seseo"),
    Rule("s_c_z", rf"sc(?=[{_FRONT}])", "c", "seseo"),
    Rule("s_c_z", rf"xc(?=[{_FRONT}])", "x", "seseo"),
    Rule("s_c_z", rf"(?<![sxc])c(?=[{_FRONT}])", "z"),
    Rule("s_c_z", rf"z(?=[{_FRONT}])", "c"),
    Rule("g_j", rf"g(?=[{_FRONT}])", "j"),
    Rule("g_j", rf"j(?=[{_FRONT}])", "g"),
    Rule("ll_y", r"ll", "y"),
    Rule("ll_y", rf"y(?=[{_V}])", "ll"),
    Rule("m_n", r"m(?=[bp])", "n"),
    Rule("m_n", r"n(?=v)", "m"),
    Rule("x_s", r"x(?=[cpt])", "s"),
    Rule("x_s", rf"^x(?=[{_V}])", "s"),
    Rule("x_s", r"^es(?=pl|pont)", "ex"),
    Rule("rr", rf"(?<=[lns])r(?=[{_V}])", "rr"),
    Rule("hue", r"^hue", "güe"),
    Rule("hue", r"^bue", "güe"),
    Rule("qu_k", rf"qu(?=[{_FRONT}])", "k"),
)
NAMES: tuple[str, ...] = tuple(dict.fromkeys(rule.name for rule in RULES))


def misspellings(word: str, names: tuple[str, ...], variety: Variety) -> Iterator[str]:
    """`word` (lower case, composed) with one confusion in it, for every rule of `names` and every place it fits."""
    for rule in RULES:
        if rule.name in names and rule.variety in (None, variety):
            for match in re.finditer(rule.pattern, word):
                yield word[: match.start()] + rule.new + word[match.end() :]
