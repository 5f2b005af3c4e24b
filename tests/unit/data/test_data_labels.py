"""The labels of the data find the classes of the model, or both are shown with a map to start from."""

from __future__ import annotations

import pytest

from robust.core.types import Lang
from robust.data.labels import parse_label_map, to_examples
from robust.data.table import Row, Table
from robust.errors import DataError, UserError

SENTIMENT = ("negative", "positive")


def table(
    *labels: str | None, lang: Lang | None = "en", names: tuple[str, ...] = (), row_lang: Lang | None = None
) -> Table:
    rows = tuple(Row(id=f"r{n}", fields=(f"text {n}",), label=label, lang=row_lang) for n, label in enumerate(labels))
    return Table(
        name="t",
        rows=rows,
        fingerprint="",
        source_fingerprint="",
        columns={},
        left_out={},
        total=len(rows),
        lang=lang,
        label_names=names,
    )


# ------------------------------------------------------------------ the map
def test_parse_label_map() -> None:
    assert parse_label_map("1=negative, 2 = negative,4=positive") == {
        "1": "negative",
        "2": "negative",
        "4": "positive",
    }
    assert parse_label_map("muy malo=negative,1=x,1=x") == {"muy malo": "negative", "1": "x"}


@pytest.mark.parametrize("text", ["", "a", "a=", "=b", "a=b,", "a=b,,c=d", "a=b=c"])
def test_parse_label_map_names_the_wrong_part(text: str) -> None:
    with pytest.raises(UserError, match=r"not of the form old=new[\s\S]*1=negative"):
        parse_label_map(text)


def test_parse_label_map_twice() -> None:
    with pytest.raises(UserError, match="'1' is given twice, as 'a' and 'b'"):
        parse_label_map("1=a,1=b")


# ------------------------------------------------------------------ matching
@pytest.mark.parametrize(
    ("data", "model", "mapping", "matched"),
    [
        (("positive", "negative"), SENTIMENT, {"positive": 1, "negative": 0}, "by name"),
        (("POSITIVE", "Negative"), SENTIMENT, {"POSITIVE": 1, "Negative": 0}, "by name"),
        (("label_1", "LABEL_0"), ("LABEL_0", "LABEL_1"), {"label_1": 1, "LABEL_0": 0}, "by name"),
        (("a", "A"), ("A", "a"), {"a": 1, "A": 0}, "by name"),
        (("5", "1"), ("1", "2", "3", "4", "5"), {"5": 4, "1": 0}, "by name"),
        (("1", "0"), SENTIMENT, {"1": 1, "0": 0}, "by position"),
        (("1", "0"), ("LABEL_0", "LABEL_1"), {"1": 1, "0": 0}, "by position"),
        (("LABEL_1",), SENTIMENT, {"LABEL_1": 1}, "by position"),
        (("0", "2"), ("World", "Sports", "Business", "Sci/Tech"), {"0": 0, "2": 2}, "by position"),
        (("P", "N"), ("POS", "NEG"), {"P": 0, "N": 1}, "by name (P = POS, N = NEG)"),
        (("NEU", "positivo"), ("neg", "neu", "pos"), {"NEU": 1, "positivo": 2}, "by name (NEU = neu, positivo = pos)"),
    ],
)
def test_matches(data: tuple[str, ...], model: tuple[str, ...], mapping: dict[str, int], matched: str) -> None:
    aligned = to_examples(table(*data), model)
    assert (aligned.mapping, aligned.matched) == (mapping, matched)
    assert [example.target for example in aligned.examples] == [mapping[label] for label in data]


def test_names_that_the_data_set_declares_give_positions_to_a_model_without_names() -> None:
    aligned = to_examples(table("pos", "neg", names=("neg", "pos")), ("LABEL_0", "LABEL_1"))
    assert aligned.mapping == {"pos": 1, "neg": 0}
    assert "position" in aligned.matched


@pytest.mark.parametrize(
    ("data", "model", "suggestion"),
    [
        (("1", "2"), SENTIMENT, "--label-map 1=negative,2=positive "),
        (
            ("5", "1", "3", "4"),
            SENTIMENT,
            "--label-map 1=negative,4=positive,5=positive .*rows labelled 3 are then left out",
        ),
        (("P", "N", "NONE"), SENTIMENT, "--label-map N=negative,P=positive .*rows labelled NONE are then left out"),
        (("1", "2", "4"), ("1 star", "2 stars", "3 stars", "4 stars", "5 stars"), "--label-map '1=1 star,"),
        (("bad", "good"), ("LABEL_0", "LABEL_1"), "--label-map bad=LABEL_0,good=LABEL_1 "),
        (("P", "pos", "N"), ("negative", "positive"), "--label-map N=negative,P=positive,pos=positive "),
        (("N", "P"), ("neg", "negative", "pos"), "--label-map"),
    ],
)
def test_mismatch_shows_both_sides_and_a_map(data: tuple[str, ...], model: tuple[str, ...], suggestion: str) -> None:
    with pytest.raises(DataError, match=f"fix: {suggestion}") as caught:
        to_examples(table(*data, data[0]), model)
    assert f"model: {', '.join(model)}\n" in str(caught.value)
    assert f"{data[0]} (2 rows)" in str(caught.value)


def test_a_suggested_map_can_be_read_back() -> None:
    with pytest.raises(DataError) as caught:
        to_examples(table("1", "2", "3", "5"), SENTIMENT)
    said = caught.value.fix.split()[1]
    assert parse_label_map(said) == {"1": "negative", "2": "negative", "5": "positive"}


# ------------------------------------------------------------------ examples
def test_examples_keep_id_text_and_language() -> None:
    aligned = to_examples(table("0"), SENTIMENT)
    (example,) = aligned.examples
    assert (example.id, str(example.text), example.lang) == ("r0", "text 0", "en")
    assert example.text.words == ("text", "0")
    assert (example.before, example.after) == ((), ())


@pytest.mark.parametrize(
    ("said", "row", "whole", "expected"),
    [("es", "en", "en", "es"), (None, "es", "en", "es"), (None, None, "es", "es")],
)
def test_language_said_then_of_the_row_then_of_the_table(said: Lang, row: Lang, whole: Lang, expected: Lang) -> None:
    assert to_examples(table("0", row_lang=row, lang=whole), SENTIMENT, lang=said).examples[0].lang == expected


def test_no_language() -> None:
    with pytest.raises(DataError, match=r"r0[\s\S]*--lang en"):
        to_examples(table("0", lang=None), SENTIMENT)


def test_no_label() -> None:
    with pytest.raises(DataError, match="1 of its 2 rows have no label"):
        to_examples(table("0", None), SENTIMENT)


def test_pairs_freeze_the_other_text() -> None:
    one = table("0")
    pair = Table(**{**vars(one), "rows": (Row(id="p", fields=("first", "second"), label="0"),)})
    last = to_examples(pair, SENTIMENT).examples[0]
    assert (last.before, str(last.text), last.after) == (("first",), "second", ())
    first = to_examples(pair, SENTIMENT, attack_field=0).examples[0]
    assert (first.before, str(first.text), first.after) == ((), "first", ("second",))
    assert first.fields(first.text) == last.fields(last.text) == ("first", "second")
    with pytest.raises(DataError, match="--pair"):
        to_examples(one, SENTIMENT, attack_field=1)
