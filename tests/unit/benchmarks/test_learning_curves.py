"""The learning-curve harness, on generated sentences and tiny models."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.learning_curves import curves, fits, methods, tables
from benchmarks.learning_curves.__main__ import main
from benchmarks.learning_curves.fits import Fit
from benchmarks.learning_curves.subsets import subset
from robust.data.source import DataSpec, read
from robust.data.table import Table
from tests import tiny_models

THINGS = ("sopa", "cama", "niña", "película", "house", "menu", "story", "waiter", "año", "casa", "puerta", "camarero")
WORDS = {"positive": ("good", "buena", "fine", "feliz", "nice"), "negative": ("bad", "mala", "dull", "triste")}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rows = [
        f"la {thing} era {word},{label}\n"
        for label, words in WORDS.items()
        for word, thing in itertools.product(words, THINGS)
    ]
    for at, name in enumerate(("train", "dev", "test")):
        chosen = rows if name == "train" else rows[at::5]
        Path(f"{name}.csv").write_text("text,label\n" + "".join(chosen), encoding="utf-8")
    return tmp_path


@pytest.fixture
def table(here: Path) -> Table:
    return read(DataSpec(source="train.csv"))


def test_subsets_keep_the_shares_and_grow(table: Table) -> None:
    assert Counter(row.label for row in table.rows) == {"positive": 60, "negative": 48}
    ids: set[str] = set()
    for size in (2, 9, 18, 54, 108):
        part = subset(table, size, seed=3)
        counts = Counter(row.label for row in part.rows)
        assert sum(counts.values()) == size
        assert abs(counts["positive"] - size * 60 / 108) <= 1
        assert ids <= {row.id for row in part.rows}
        ids = {row.id for row in part.rows}
    assert subset(table, None, seed=3) is table


def test_a_subset_is_drawn_by_its_seed_and_keeps_rare_labels(table: Table) -> None:
    assert subset(table, 20, seed=1) == subset(table, 20, seed=1)
    assert subset(table, 20, seed=1).rows != subset(table, 20, seed=2).rows
    rare = replace(table, rows=(*table.rows[:60], replace(table.rows[70], label="rare")))
    assert Counter(row.label for row in subset(rare, 2, seed=0).rows) == {"positive": 1, "rare": 1}
    with pytest.raises(ValueError, match="109 were asked for"):
        subset(table, 109, seed=0)


@pytest.mark.parametrize(("n_train", "wanted"), [(100, 40), (101, 80), (2000, 160), (60_000, 320), (7, 40)])
def test_updates_follow_the_table(n_train: int, wanted: int) -> None:
    """Epochs come out so that the trainer's own arithmetic, which rounds up twice, makes exactly these updates."""
    recipe = methods.recipe_for(methods.METHODS["scratch"], resource=None, n_train=n_train, language="en", seed=4)
    how = recipe.train
    per_epoch = -(-n_train // how.batch_size)
    assert int(np.ceil(how.epochs * per_epoch)) == wanted
    assert int(np.ceil(per_epoch / how.evaluations_per_epoch)) == wanted // methods.EVALUATIONS
    assert (recipe.model.checkpoint, how.seed, recipe.languages) == (None, 4, ("en",))


def test_methods_are_shipped_recipes() -> None:
    from robust.recipe.load import shipped

    known = {recipe.name for recipe in shipped("finetune")}
    assert {method.recipe for method in methods.METHODS.values()} <= known


def test_gradual_unfreezing_is_spread_over_the_updates() -> None:
    method = methods.METHODS["ulmfit"]
    for n_train in (100, 5000):
        recipe = methods.recipe_for(method, resource="somewhere", n_train=n_train, language="es", seed=0)
        opened = recipe.adapt.unfreeze_every * method.groups
        assert opened == pytest.approx(method.unfrozen * recipe.train.epochs, rel=0.02)


def test_each_ablation_leaves_one_part_out() -> None:
    def adapted(name: str) -> dict[str, object]:
        recipe = methods.recipe_for(methods.METHODS[name], resource="somewhere", n_train=500, language="es", seed=0)
        return recipe.adapt.model_dump()

    whole = adapted("ulmfit")
    lacking = {
        "language-model": {"language_model": None},
        "discriminative": {"discriminative": None},
        "triangle": {"slanted_triangular": None},
        "unfreezing": {"gradual_unfreezing": False},
        "concat": {"pooling": "last"},
    }
    assert {f"ulmfit-no-{part}" for part in lacking} == set(methods.ABLATION)
    for part, change in lacking.items():
        found = adapted(f"ulmfit-no-{part}")
        if part in ("discriminative", "triangle"):
            change = {**change, "language_model": {**whole["language_model"], **change}}  # type: ignore[dict-item]
        if part == "unfreezing":
            change = {**change, "unfreeze_every": found["unfreeze_every"]}
        assert found == {**whole, **change}


def fit_of(
    right: str, *, method: str = "scratch", size: str = "100", seed: int = 0, curve: tuple[tuple[int, float], ...] = ()
) -> Fit:
    return Fit(
        language="en",
        method=method,
        size=size,
        seed=seed,
        identity=f"{method}{size}{seed}",
        n_train=int(size),
        updates=100,
        batch_size=32,
        parameters=1,
        seconds=1.0,
        accuracy=right.count("1") / len(right),
        macro_f1=0.5,
        dev_curve=curve or ((50, 0.6), (100, 0.7)),
        right=right,
        environment={},
    )


def test_a_mean_and_its_t_interval() -> None:
    """Three seeds: 4.302653 is the quantile of Student's t with two degrees of freedom."""
    found = curves.mean([0.80, 0.82, 0.87])
    assert found.value == pytest.approx(0.83)
    assert (found.low, found.high) == (0.80, 0.87)
    assert found.half == pytest.approx(4.302653 * np.std([0.80, 0.82, 0.87], ddof=1) / 3**0.5)
    assert curves.mean([0.8]).half is None


def test_the_gain_is_paired_and_its_interval_resamples_seeds_and_rows() -> None:
    """The same bootstrap the long way: whole rows and whole seeds with replacement."""
    rng = np.random.default_rng(5)
    n = 400
    shift = (0.02, 0.10, 0.06)
    plain = [rng.random(n) < 0.7 for _ in shift]
    better = [base | (rng.random(n) < extra / 0.3) for base, extra in zip(plain, shift, strict=True)]
    ours, theirs = (
        [fit_of("".join("01"[int(x)] for x in bits), method=name, seed=seed) for seed, bits in enumerate(each)]
        for name, each in (("bert", better), ("scratch", plain))
    )
    found = curves.gain(ours, theirs)
    assert found is not None
    matrix = np.array(better).astype(int) - np.array(plain).astype(int)
    assert found.value == pytest.approx(matrix.mean())
    assert (found.seeds, found.n) == (3, n)
    drawn = [matrix[np.ix_(rng.integers(0, 3, 3), rng.integers(0, n, n))].mean() for _ in range(4000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.004), pytest.approx(high, abs=0.004))
    assert curves.gain(ours[:2], theirs[2:]) is None
    single = curves.gain(ours[:1], theirs)
    assert single is not None
    assert single.seeds == 1


def test_updates_until_scratch_is_matched_go_seed_by_seed() -> None:
    slow = [fit_of("01", seed=0), fit_of("01", seed=1, curve=((50, 0.5), (100, 0.8)))]
    quick = [
        fit_of("01", method="bert", seed=seed, curve=((10, 0.7), (20, top), (30, 0.9)))
        for seed, top in enumerate((0.7, 0.8, 0.1))
    ]
    assert curves.updates_to_match(quick, slow) == (15, 0, 2)
    assert curves.updates_to_match(slow, slow) == (100, 0, 2)
    assert curves.updates_to_match(slow, quick) == (float("inf"), 2, 2)
    assert curves.updates_to_match(quick[2:], slow) is None


def test_a_fit_is_kept_and_the_last_of_its_place_counts(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "fits.jsonl"
    first, second = fit_of("0011"), replace(fit_of("0111"), identity="newer")
    fits.append(path, first)
    assert fits.read(path) == [first]
    with path.open("a") as handle:
        handle.write('{"language": "en", "meth')
    fits.append(path, second)
    other = fit_of("1111", method="bert")
    fits.append(path, other)
    assert fits.read(path) == [second, other]
    assert fits.read(tmp_path / "none.jsonl") == []


def test_the_page_has_every_table(tmp_path: Path) -> None:
    everything = [
        fit_of(right, method=method, size=size, seed=seed)
        for method, right in (("scratch", "0011" * 25), ("bert", "0111" * 25))
        for size in ("100", "500")
        for seed in (0, 1)
    ]
    page = tables.page(everything)
    assert "## English" in page
    assert "| from scratch | 50.0 ± 0.0 (2) | 50.0 ± 0.0 (2) |" in page
    assert "| BERT (ours) | 75.0 ± 0.0 (2) | 75.0 ± 0.0 (2) |" in page
    assert "| BERT (ours) | +25.0 [" in page
    assert "| BERT (ours) | 100 | 100 |" in page


@pytest.mark.slow
def test_fits_figures_and_tables(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    tiny_models.bert(here / "encoder", head="MaskedLM")
    small = {
        "scratch": replace(
            methods.METHODS["scratch"],
            updates=((20, 10), (10**9, 30)),
            changes={
                **methods.METHODS["scratch"].changes,
                "model": {
                    "checkpoint": None,
                    "config": {"hidden_size": 16, "layers": 1, "heads": 2, "intermediate_size": 16},
                },
                "train": {"learning_rate": 2e-2, "batch_size": 8},
            },
        ),
        "bert": replace(
            methods.METHODS["bert"],
            updates=((10**9, 10),),
            changes={"train": {"batch_size": 8, "learning_rate": 1e-3}},
        ),
    }
    for name, changed in small.items():
        monkeypatch.setitem(methods.METHODS, name, changed)  # type: ignore[misc]
    parts = [word for name in ("train", "dev", "test") for word in (f"--{name}", f"{name}.csv")]
    words = ["--language", "es", *parts, "--sizes", "20,all,5000", "--seeds", "1", "--methods", "scratch,bert"]
    command = [*words, "--resources", "bert=encoder", "--out", "curves", "--dev-limit", "15", "--max-length", "16"]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert told.count("accuracy") == 4
    found = fits.read(Path("curves/fits.jsonl"))
    assert [fit.place for fit in found] == [
        ("es", method, size, 1) for size, method in itertools.product(("20", "all"), ("scratch", "bert"))
    ]
    for fit in found:
        assert fit.updates == (30 if (fit.method, fit.size) == ("scratch", "all") else 10)
        assert [step for step, _ in fit.dev_curve] == list(range(fit.updates // 10, fit.updates + 1, fit.updates // 10))
        assert fit.n_train == (20 if fit.size == "20" else 108)
        assert len(fit.right) == 22
        assert fit.accuracy == pytest.approx(fit.right.count("1") / 22)
    assert max(fit.accuracy for fit in found if fit.size == "all") > 0.8
    assert sorted(path.name for path in Path("curves").iterdir()) == ["fits.jsonl"]

    lines = Path("curves/fits.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("curves/fits.jsonl").write_text("".join(lines[:3]), encoding="utf-8")
    assert main(command) == 0
    assert capsys.readouterr().out.count("there already") == 3
    again = json.loads(Path("curves/fits.jsonl").read_text(encoding="utf-8").splitlines()[3])
    whole = json.loads(lines[3])
    assert {**again, "seconds": 0} == {**whole, "seconds": 0}

    assert main(["--plot", "--out", "curves", "--steps-size", "20"]) == 0
    assert {"labels.png", "updates.png", "table.md"} <= {path.name for path in Path("curves").iterdir()}
    assert Path("curves/labels.png").read_bytes().startswith(b"\x89PNG")
    assert "## Spanish" in Path("curves/table.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--language", "es"], "--train is missing"),
        (["--methods", "scrach"], "did you mean 'scratch'"),
        (["--methods", "bert"], "--resources bert=DIR"),
        (["--methods", "bert", "--resources", "encoder"], "METHOD=DIR"),
        (["--methods", "bert", "--resources", "bert=nowhere/at/all"], "nowhere/at/all"),
        (["--plot"], "no fits"),
    ],
)
def test_mistakes_are_one_message(words: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--language", "es", "--train", "train.csv", "--dev", "dev.csv", "--test", "test.csv"]
    assert main([*words, *(data if "--language" not in words else []), "--out", "curves"]) == 2
    assert told in capsys.readouterr().err
