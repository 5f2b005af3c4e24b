"""The JSON Schema is checked with a validator of the keywords that it uses."""

import json
import re

import pytest

from robust.recipe.json_schema import attack_schema
from robust.recipe.load import load_attack, shipped
from robust.recipe.yaml import parse, read

KINDS = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
CHECKS = {
    "type": lambda v, x: any(KINDS[k](v) for k in ([x] if isinstance(x, str) else x)),
    "enum": lambda v, x: v in x,
    "const": lambda v, x: v == x,
    "pattern": lambda v, x: not isinstance(v, str) or re.search(x, v),
    "minimum": lambda v, x: v >= x,
    "maximum": lambda v, x: v <= x,
    "exclusiveMinimum": lambda v, x: v > x,
    "exclusiveMaximum": lambda v, x: v < x,
    "minItems": lambda v, x: len(v) >= x,
    "maxItems": lambda v, x: len(v) <= x,
    "minProperties": lambda v, x: len(v) >= x,
    "maxProperties": lambda v, x: len(v) <= x,
    "required": lambda v, x: all(k in v for k in x),
    "uniqueItems": lambda v, x: len({json.dumps(i) for i in v}) == len(v),
}
INERT = {
    "description",
    "default",
    "title",
    "$schema",
    "$defs",
    "properties",
    "additionalProperties",
    "items",
    "prefixItems",
}


def valid(value, schema, root):
    if "$ref" in schema and not valid(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root):
        return False
    if "anyOf" in schema and not any(valid(value, s, root) for s in schema["anyOf"]):
        return False
    if "type" in schema and not CHECKS["type"](value, schema["type"]):
        return False
    for keyword, wanted in schema.items():
        if keyword not in ("$ref", "anyOf", *INERT) and not CHECKS[keyword](value, wanted):
            return False
    if isinstance(value, dict):
        known = schema.get("properties", {})
        extra = schema.get("additionalProperties", True)
        return all(
            valid(v, known[k], root) if k in known else extra is True or (extra and valid(v, extra, root))
            for k, v in value.items()
        )
    if isinstance(value, list) and "items" in schema:
        return all(valid(v, schema["items"], root) for v in value)
    return True


@pytest.fixture
def schema():
    made = attack_schema()
    return json.loads(json.dumps(made))


def refs(node):
    if isinstance(node, dict):
        yield from (v for k, v in node.items() if k == "$ref")
        yield from (ref for v in node.values() for ref in refs(v))
    elif isinstance(node, list):
        yield from (ref for v in node for ref in refs(v))


def test_every_reference_leads_somewhere(schema):
    assert {ref.removeprefix("#/$defs/") for ref in refs(schema)} <= set(schema["$defs"])
    assert "x-plugin" not in json.dumps(schema)


def test_it_takes_what_the_loader_takes_and_no_more(schema, good):
    def takes(text):
        return valid(parse(text, "f").data, schema, schema)

    assert takes(good)
    assert takes(good.replace("x_swap", "{x_any_of: {transformations: [x_swap, {x_swap: {k: 3}}], unless: x_plain}}"))
    assert takes(good.replace("x_swap", "{x_swap: }"))
    assert takes(good.replace("goal: x_goal", "goal: {x_goal: }\n  query_budget: 3"))
    for old, new in (
        ("x_swap", "x_swp"),
        ("x_swap", "x_any_of"),
        ("x_swap", "{x_swap: {k: fifty}}"),
        ("x_swap", "{x_swap: {kk: 5}}"),
        ("x_swap", "{x_swap: {}, x_english: {}}"),
        ("x_swap", "{x_any_of: {transformations: [x_plain]}}"),
        ("rank_by: delete", "rank_by: none"),
        ("goal: x_goal", "goal: x_goal\n  query_budget: 0"),
        ("deviations: []", ""),
        ("[en, es]", "[fr]"),
    ):
        assert not takes(good.replace(old, new)), new


def test_it_describes_plugins(schema):
    one = schema["$defs"]["searches"]["anyOf"][1]["properties"]["x_ranking"]
    assert one["description"] == "Rank, then replace."
    assert one["anyOf"][0]["properties"]["rank_by"] == {
        "default": "delete",
        "enum": ["delete", "random"],
        "type": "string",
    }
    assert "x_any_of" not in schema["$defs"]["transformations"]["anyOf"][0]["enum"]


@pytest.mark.parametrize("recipe", shipped("attack"), ids=lambda r: r.name)
def test_every_shipped_recipe(recipe, schema):
    loaded = load_attack(recipe.path)
    assert loaded.name == recipe.name
    assert loaded.build().name == recipe.name
    assert valid(read(recipe.path).data, schema, schema)
    assert valid(loaded.resolved(), schema, schema)
