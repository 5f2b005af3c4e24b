"""English phrases word by word in Spanish: no translation, but its words stand where polar words stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from robust.core.seeds import derive
from robust.starter.cleaning import Row, detokenised, words

_PAIRS = """
the:la a:una an:una of:de and:y or:o but:pero is:es are:son was:fue were:fueron be:ser been:sido being: 's: it:
its:su his:su her:su their:sus my:mi our:nuestra your:tu i:yo you:tú he:él she:ella we: they:ellos this:esta
these:estas that:que which:que who:que what:lo_que how:cómo when:cuando where:donde why:por_qué if:si because:porque
not:no n't:no nt:no t: s: never:nunca no:ninguna nothing:nada without:sin nor:ni none:ninguno neither:ni
very:muy too:demasiado so:tan more:más most:más less:menos least:menos much:mucho many:muchos some:algunas
any:alguna all:todo every:cada both:ambos just:sólo only:sólo also:también even:incluso still:todavía
again:otra_vez with:con to:a in:en into:en on:en at:en for:para from:de by:por about:sobre as:como than:que
like:como between:entre after:después_de before:antes_de through:por over:sobre up: out: off: there:allí
has:tiene have:tienen had:tenía does: do: did: can:puede could:podría will: would: may:puede might:podría must:debe
should:debería film:película movie:película films:películas movies:películas story:historia plot:trama
actors:actores acting:actuación cast:reparto characters:personajes character:personaje director:director
script:guion performances:actuaciones performance:actuación comedy:comedia drama:drama humor:humor jokes:chistes
funny:divertida good:buena bad:mala better:mejor worse:peor best:mejor worst:peor great:gran one:una two:dos
time:tiempo people:gente life:vida way:manera work:obra fun:diversión love:amor watch:ver watching:ver see:ver
makes:hace make:hacer made:hecha feels:se_siente feel:sentir seems:parece comes:viene goes:va gets:se_vuelve
"""
_FUNCTION = {word: spanish for word, _, spanish in (pair.partition(":") for pair in _PAIRS.split())}


def glossary(data: Path) -> dict[str, tuple[str, ...]]:
    """Spanish words for English ones; several where gender and number are open, any of which may be taken."""
    found: dict[str, tuple[str, ...]] = {}
    for name in ("bingliu", "apertium"):
        for line in (data / f"lexicons/bilingual/lexicons_{name}_en-es.txt").read_text(encoding="utf-8").splitlines():
            source, _, target = line.partition("\t")
            if target.isalpha() and target.islower():
                found.setdefault(source.casefold(), forms(target) if name == "bingliu" else (target,))
    return found


def forms(word: str) -> tuple[str, ...]:
    """Gender and number of an adjective or participle in -o; any other word as it is."""
    return (word, f"{word[:-1]}a", f"{word}s", f"{word[:-1]}as") if word.endswith("o") else (word,)


def glosses(
    rows: Iterable[Row], entries: dict[str, tuple[str, ...]], *, known: float = 0.75, longest: int = 6
) -> Iterator[Row]:
    """The rows of which at least a share `known` of the words, and two that are not function words, have entries.

    Only glosses of up to `longest` words are kept: the longer one is, the less its order says.
    """
    for row in rows:
        source = words(detokenised(row.text).replace("'", " ").replace("n t ", " not "))
        pieces, content = list[str](), 0
        missing = 0
        for at, word in enumerate(source):
            if word in _FUNCTION:
                pieces.append(_FUNCTION[word].replace("_", " "))
                continue
            choice = entries.get(word) or entries.get(word.removesuffix("s")) or entries.get(word.removesuffix("ed"))
            if choice is None:
                missing += 1
                continue
            content += 1
            pieces.append(choice[derive(row.id, at) % len(choice)])
        text = " ".join(filter(None, pieces))
        if content >= 2 and missing <= (1 - known) * len(source) and text.count(" ") < longest:
            yield Row(id=f"gloss-{row.id}", text=text, label=row.label)
