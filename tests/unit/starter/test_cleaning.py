from robust.starter.cleaning import Overlap, Row, clean, detokenised, distinct, held_out, sentences, snippets, words


def test_penn_treebank_spacing_is_undone() -> None:
    assert detokenised("it 's good , -lrb- sic -rrb- .") == "it's good, (sic)."
    assert detokenised("do n't , they 'll go !") == "don't, they'll go!"
    assert clean("a<br /><br />b &amp; c\n d") == "a b & c d"


def test_words_ignore_case_accents_and_punctuation() -> None:
    assert words("¡Qué CAÑÓN, tío!") == ("que", "canon", "tio")


def test_overlap_finds_equal_contained_and_containing_texts() -> None:
    protected = Overlap(["The quick brown fox jumps over the lazy dog .", "Very good"])
    assert "the QUICK brown fox jumps over the lazy dog" in protected
    assert "quick brown fox jumps over the" in protected
    assert "quick brown fox jumps over" not in protected, "five words prove nothing"
    assert "Yesterday the quick brown fox jumps over the lazy dog again" in protected
    assert "very good!" in protected
    assert "a very good one" not in protected
    assert "the quick brown cat jumps over the lazy dog" not in protected


def test_snippets_come_from_the_end_and_are_disjoint() -> None:
    text = "One is here. Two is here! Is three here? Four is here."
    assert sentences(text) == ["One is here.", "Two is here!", "Is three here?", "Four is here."]
    assert snippets(text, lengths=(1,), limit=2, seed=0) == ["Four is here.", "Is three here?"]
    whole = snippets(text, lengths=(1, 2, 3), limit=9, seed=4)
    assert " ".join(reversed(whole)) == text
    assert snippets(text, lengths=(1, 2, 3), limit=9, seed=4) == whole
    assert snippets("", lengths=(1,), limit=2, seed=0) == []


def test_texts_with_two_labels_are_dropped() -> None:
    rows = [
        Row(id="a", text="Fine.", label="positive"),
        Row(id="b", text="so so", label="positive"),
        Row(id="c", text="So so!", label="negative"),
        Row(id="d", text="fine", label="positive"),
        Row(id="e", text="...", label="positive"),
    ]
    assert [row.id for row in distinct(rows)] == ["a"]


def test_what_is_held_out_depends_on_the_key_alone() -> None:
    keys = [f"row-{n}" for n in range(2000)]
    chosen = [key for key in keys if held_out(key, share=0.2)]
    assert 340 < len(chosen) < 460
    assert [key for key in reversed(keys) if held_out(key, share=0.2)] == list(reversed(chosen))
    assert chosen != [key for key in keys if held_out(key, share=0.2, seed=1)]
