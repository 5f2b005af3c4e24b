"""HTML that no text can break out of: texts are escaped, data stand in JSON, a policy forbids everything else."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Literal

from robust.pages.texts import TEXTS, told

PageLang = Literal["en", "es"]
Number = Literal["share", "bare", "count", "one"]

PERCENT = "\u00a0%"


@cache
def asset(name: str) -> str:
    """A file of this package: the style sheet or the script of all pages."""
    return (files("robust.pages") / name).read_text("utf-8")


def text(key: str, lang: PageLang, tag: str = "span", **attributes: str) -> str:
    """An element whose text changes with the language."""
    extra = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    return f'<{tag}{extra} data-t="{escape(key)}">{escape(told(key, lang))}</{tag}>'


def written(value: float | None, kind: Number, lang: PageLang) -> str:
    """A number for people: `share` in percent with one decimal, `bare` likewise without the sign, `one` with one
    decimal, `count` as it is."""
    if value is None:
        return "–"
    if kind in ("share", "bare"):
        digits = f"{100 * value:.1f}" + (PERCENT if kind == "share" else "")
    else:
        digits = f"{value:.1f}" if kind == "one" else f"{value:.0f}"
    return digits.replace(".", ",") if lang == "es" else digits


def number(value: float | None, kind: Number, lang: PageLang) -> str:
    """An element with a number, written as the language does."""
    held = "" if value is None else repr(value)
    return f'<span data-n="{held}" data-f="{kind}">{written(value, kind, lang)}</span>'


def data(name: str, value: object) -> str:
    """Data for the script. Nothing in it can end the element: `<`, `>` and `&` are written as escapes of JSON."""
    body = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        body = body.replace(sign, f"\\u{ord(sign):04x}")
    body = body.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot stand in a file
    return f'<script type="application/json" id="{escape(name)}">{body}</script>'


def page(*, title: str, title_key: str, body: str, lang: PageLang, home: str | None = None) -> str:
    """A whole page. `title` is shown as it is, after the text of `title_key`; `home` is a link back."""
    style, script = asset("style.css"), asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    allowed = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    policy = f"{allowed}; base-uri 'none'; form-action 'none'"
    other, its_name = ("es", "Español") if lang == "en" else ("en", "English")
    back = f'<a class="home" href="{escape(home)}" data-t="home">{escape(told("home", lang))}</a>' if home else ""
    heading = text(title_key, lang) + (f" <b>{escape(title)}</b>" if title else "")
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="robust">
<title>{escape(f"{told(title_key, lang)} {title}".strip())}</title>
<style>{style}</style>
</head>
<body>
{text("skip", lang, "a", class_="skip", href="#main")}
<header><div class="bar">{back}<h1>{heading}</h1>
<div class="tools"><button type="button" id="lang" lang="{other}">{its_name}</button>
{text("theme", lang, "button", type="button", id="theme")}</div></div></header>
<main id="main">
{text("noscript", lang, "p", class_="noscript")}
{body}
</main>
<div id="live" role="status" aria-live="polite" class="hidden"></div>
{data("texts", TEXTS)}
<script>{script}</script>
</body>
</html>
"""
