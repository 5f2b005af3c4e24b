import pytest

from robust.errors import RecipeError
from robust.recipe.yaml import dump, parse, parse_value, read, summary


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2020-01-01", "2020-01-01"),
        ("1e-3", 0.001),
        ("1.", 1.0),
        (".5", 0.5),
        ("-2", -2),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("True", True),
        ("false", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("'5'", "5"),
        ("ñandú 🙂", "ñandú 🙂"),
    ],
)
def test_scalars_follow_the_core_schema(written, value):
    read = parse(f"k: {written}\n", "f").data["k"]
    assert (read, type(read)) == (value, type(value))


def test_every_key_and_value_has_its_place():
    doc = parse("a: 1\nb:\n  - x\n  - {c: 2, d:\n     3}\n", "f")
    assert {".".join(map(str, loc)): (p.line, p.column) for loc, p in doc.keys.items()} == {
        "a": (1, 1),
        "b": (2, 1),
        "b.1.c": (4, 6),
        "b.1.d": (4, 12),
    }
    assert (doc.values["b", 0].line, doc.values["b", 0].column) == (3, 5)
    assert doc.values["b", 1, "d"].line == 5
    assert doc.place(("b", 1, "d")).line == 5  # a scalar: where the value is
    assert doc.place(("b",)).line == 2  # a list: where its key is
    assert doc.place(("b", 1, "absent", "deeper")).line == 4


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\n\tb: 2\n", 2, "tab"),
        ("a:\n\tb: 2\n", 2, "tab"),
        ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
        ('a: 1\nb: "unclosed\nc: 3\n', 2, "never closed"),
        ("a: [\n\n", 1, "never closed"),
        ("a: 1\nb: c: d\n", 2, "mapping values are not allowed here"),
        ("- a\n- b\n", 1, "mapping"),
        ("just text\n", 1, "mapping"),
        ("# only a comment\n", 1, "empty"),
        ("", 1, "empty"),
        ("a: 1\n---\nb: 2\n", 2, "single document"),
        ("a: 1\nb: \x01\n", 2, "U+0001"),
        ("a: *nothing\n", 1, "undefined alias"),
        ("a: 1\nb: &x [*x]\n", 2, "contains itself"),
        ("a: " + "[" * 3000 + "\n", 1, "too deeply"),
    ],
)
def test_what_is_not_a_recipe_at_all_is_one_error_with_its_line(text, line, says):
    with pytest.raises(RecipeError) as caught:
        parse(text, "r.yaml")
    assert str(caught.value).startswith(f"r.yaml:{line}: ")
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate key, first on line 1"),
        ("x:\n  a: 1\n  a: 3\n", 3, "x.a: duplicate key"),
        ("a: 1\n2: b\n", 2, "a key is a name, not 2"),
        ("a: 1\n? [b]\n: c\n", 2, "a key is a name"),
        ("a: !!python/object:os.system x\n", 1, "!!python/object:os.system is not allowed"),
        ("a: !mine {b: 1}\n", 1, "!mine is not allowed"),
        ("a: !!int x\n", 1, "not a number recipes can hold"),
        ("a: .nan\n", 1, "finite"),
        ("a: -.inf\n", 1, "finite"),
        ("a: 1e999\n", 1, "finite"),
        ('a: "\\ud800"\n', 1, "surrogate"),
        ("a: " + "9" * 5000 + "\n", 1, "not a number recipes can hold"),
    ],
)
def test_other_mistakes_are_kept_with_the_document(text, line, says):
    doc = parse(text, "r.yaml")
    assert [p.line for p in doc.problems] == [line]
    assert says in str(doc.problems[0])


def test_a_bomb_of_aliases_is_refused():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(RecipeError, match="aliases"):
        parse("\n".join(rows), "r.yaml")


def test_an_alias_is_read_where_it_stands():
    assert parse("a: &x {k: 1}\nb: *x\n", "f").data == {"a": {"k": 1}, "b": {"k": 1}}


def test_files(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: año\n".encode("latin-1"))
    (tmp_path / "bom.yaml").write_bytes("\ufeffa: año\r\n".encode())
    with pytest.raises(RecipeError, match=r"latin\.yaml:2: byte 0xf1 is not UTF-8"):
        read(tmp_path / "latin.yaml")
    with pytest.raises(RecipeError, match=r"absent\.yaml: no such file"):
        read(tmp_path / "absent.yaml")
    with pytest.raises(RecipeError, match="is a folder"):
        read(tmp_path)
    assert read(tmp_path / "bom.yaml").data == {"a": "año"}


def test_dump_is_read_back_to_the_same_values():
    data = {
        "a": ["1e-3", "no", "1_000", "~", "", "0o7", "a: b", "- x", "ñ 🙂", None, True, 1e-7, 0.1, 3, {"b": {}}, []]
    }
    assert parse(dump(data), "f").data == data
    shared = ["x"]
    assert "&" not in dump({"a": shared, "b": shared})


def test_values_of_overrides():
    assert parse_value("[a, {b: 1e-2}]") == ["a", {"b": 0.01}]
    assert parse_value("") is None
    with pytest.raises(RecipeError, match=r"^not valid YAML"):
        parse_value("[a")
    with pytest.raises(RecipeError, match="not allowed"):
        parse_value("!!set {a}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Name: what it\n# does.\n#   robust attack …\n# more\na: 1\n", "Name: what it does."),
        ("# yaml-language-server: $schema=x\n# What.\n\na: 1\n", "What."),
        ("# What.\n#\n# Second paragraph.\na: 1\n", "What."),
        ("a: 1\n# late\n", ""),
        ("", ""),
    ],
)
def test_summary_is_the_first_paragraph_of_the_header(text, said):
    assert summary(text) == said
