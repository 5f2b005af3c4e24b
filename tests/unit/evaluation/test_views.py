"""Slices and shift of rows whose numbers can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from robust.data.source import DataSpec
from robust.errors import UserError
from robust.evaluation import facts
from robust.evaluation.views import shift, slices
from robust.results.estimates import proportion
from robust.results.exact import newcombe

SPANISH = """\
id,texto,etiqueta,variety,tema
a,No me gustó nada la comida que nos sirvieron anoche en aquel sitio de Sevilla,negativo,es-ES,uno
b,Me gusto mucho la comida que nos sirvieron anoche en aquel sitio del puerto,positivo,es-MX,uno
c,Todo bien,positivo,es-ES,dos
"""


def row(name: str, id_: str, right: bool | None) -> dict[str, object]:
    return {"set": name, "example_id": id_, "label": 1, "predicted": None if right is None else int(right)}


def test_what_is_known_of_a_spanish_text(tmp_path: Path) -> None:
    (tmp_path / "es.csv").write_text(SPANISH, "utf-8")
    spec = DataSpec(source=str(tmp_path / "es.csv"))
    found = facts.facts([spec], only="es", slices=True, by=("tema",), pairs="tema")
    assert [one["pair"] for one in found] == ["uno", "uno", "dos"]
    assert found[0]["slices"] == [
        *("length: 11-25", "negation: yes", "names: yes", "accents: written", "tema: uno", "variety: es-ES"),
    ]
    assert {"negation: no", "names: no", "accents: none", "variety: es-MX"} <= set(found[1]["slices"])
    assert found[2]["slices"][:3] == ["length: 1-10", "negation: no", "names: no"]  # too short to have lost accents
    facts.write(found, tmp_path)
    assert facts.read(tmp_path) == found
    assert facts.read(tmp_path / "nowhere") == []
    with pytest.raises(UserError, match="no column 'temas'"):
        facts.check_columns([spec], ["temas"])


def test_similar_texts_of_different_labels_are_pairs(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text(
        "id,text,label\n"
        "a,the long film about two old sisters was a joy,positive\n"
        "b,the soup was cold,negative\n"
        "c,the long film about two old sisters was a bore,negative\n"
        "d,the long film about two old sisters was a joy indeed,positive\n",
        "utf-8",
    )
    found = facts.facts([DataSpec(source=str(tmp_path / "en.csv"))], only="en", pairs="similar")
    pairs = {one["example_id"]: one["pair"] for one in found}
    assert pairs["a"] == pairs["c"]
    assert pairs["a"] is not None
    assert (pairs["b"], pairs["d"]) == (None, None)


def test_slices_count_what_was_answered() -> None:
    rows = [row("s", "a", True), row("s", "b", False), row("s", "c", True), row("s", "d", None)]
    known = [
        {"set": "s", "example_id": id_, "slices": [f"length: {size}"]}
        for id_, size in zip("abcd", ("1-10", "1-10", "11-25", "1-10"), strict=True)
    ]
    short, longer = slices(rows, known)
    assert (short.name, short.accuracy) == ("length: 1-10", proportion(1, 2))
    assert (longer.accuracy, longer.against_rest) == (proportion(1, 1), newcombe(1, 1, 1, 2))


def test_sets_away_from_the_first() -> None:
    rows = [row("home", str(at), at < 9) for at in range(10)] + [row("away", str(at), at < 5) for at in range(10)]
    (found,) = shift(rows)
    assert (found.data, found.accuracy) == ("away", proportion(5, 10))
    assert found.difference.value == pytest.approx(-0.4)
    assert (found.difference.high or 0) < 0.05


def test_newcombes_own_example() -> None:
    """Newcombe 1998, Table II, method 10: 56/70 and 48/80 differ by 0.2, interval 0.0524 to 0.3339."""
    found = newcombe(56, 70, 48, 80)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    assert newcombe(0, 0, 1, 2).value is None
