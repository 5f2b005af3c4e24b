"""Where the other library is not installed, one message says how to get it."""

from __future__ import annotations

import sys

import pytest

from robust.adapters.openattack import search as openattack
from robust.adapters.openattack.search import OpenAttackSearch
from robust.adapters.spacy import SpacyTags
from robust.checkpoints.spacy import pipeline
from robust.errors import ModelError, PluginError
from robust.victims.load import load_victim


def test_spacy(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.cache_clear()
    monkeypatch.setitem(sys.modules, "spacy", None)
    for ask in (lambda: load_victim("spacy:en_core_web_sm"), lambda: SpacyTags(model="es_core_news_sm").ready(["es"])):
        with pytest.raises(ModelError, match="spaCy cannot be imported") as caught:
            ask()
        assert caught.value.fix == "pip install 'robust[spacy]'"
    assert SpacyTags(model="es_core_news_sm").fingerprint() == "absent"


def test_openattack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openattack, "find_spec", lambda name: None)
    with pytest.raises(PluginError, match="OpenAttack is not installed") as caught:
        OpenAttackSearch(attacker="PWWSAttacker").ready(["en"])
    assert "robust[openattack]" in caught.value.fix
