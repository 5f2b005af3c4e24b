"""`robust train` as a user runs it, on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.recipe.finetune import FinetuneRecipe
from robust.stages.finetune import finetune
from tests.functional.command import robust
from tests.unit.stages.conftest import BAD, GOOD, THINGS

ROWS = [
    {"id": f"{thing}-{word}", "text": f"the {thing} was {word}", "label": "positive" if word in GOOD else "negative"}
    for thing in THINGS
    for word in (*GOOD, *BAD)
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny classifier and its data."""
    folder = tmp_path_factory.mktemp("train")
    parts = {"data": ROWS[::2], "dev": ROWS[1::4], "test": ROWS[3::4]}
    for name, rows in parts.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    from robust.data.source import DataSpec, read

    recipe = FinetuneRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "tiny",
            "model": {
                "config": {"hidden_size": 32, "layers": 1, "heads": 2, "intermediate_size": 32, "max_positions": 16}
            },
            "tokenizer": {"vocab_size": 200, "min_frequency": 1},
            "train": {"epochs": 6, "batch_size": 8, "learning_rate": 3e-3, "max_length": 16},
        }
    )
    spec = DataSpec(source=str(folder / "data.jsonl"), lang="en")
    finetune(recipe, train=read(spec), dev=None, out=folder / "tiny", device="cpu")
    return folder


SMALL = ("--set", "train.epochs=2", "--set", "train.max_length=16", "--set", "train.batch_size=8", "--lang", "en")


def train(place: Path, out: str, *more: str, recipe: str = "freelb") -> tuple[int, str, str]:
    files = [f"--{name}={place / f'{name}.jsonl'}" for name in ("data", "dev", "test")]
    done = robust(
        "train", "--recipe", recipe, "--model", str(place / "tiny"), *files, f"--out={place / out}", *SMALL, *more
    )
    return done.code, done.out, done.err


def test_before_and_after_in_one_report(place: Path) -> None:
    attacks = ("--attack", "deepwordbug", "--attack", "keyboard-typos", "--limit", "8")
    code, out, err = train(place, "hard", *attacks, "--json", "--set", "measure.trained_on=[deepwordbug]")
    assert code == 0, err
    told = json.loads(out)
    assert told == json.loads((place / "hard" / "report.json").read_text(encoding="utf-8"))
    assert told["clean_accuracy"]["before"]["n"] == len(ROWS[3::4])
    by_name = {each["attack"]: each for each in told["attacks"]}
    assert [by_name[name]["trained_on"] for name in ("deepwordbug", "keyboard-typos")] == [True, False]
    for each in told["attacks"]:
        before, after = (each[side]["accuracy_under_attack"] for side in ("before", "after"))
        assert before["n"] == after["n"] == 8
        assert each["difference"]["value"] == pytest.approx(after["value"] - before["value"])
        gap = each["before"]["clean_accuracy"]["value"] - before["value"]
        if gap > 0:
            assert each["gap_closed"] == pytest.approx((after["value"] - before["value"]) / gap)
    assert told["training"]["seconds"] > 0
    assert told["training"]["energy"]["joules"] >= 0
    assert "language:\n- en\nlicense" in (place / "hard" / "README.md").read_text(encoding="utf-8")
    assert told["temperature"]["before"] > 0
    assert "gap closed" in err
    assert "trained on" in err

    again, _, said = train(place, "hard", *attacks, "--json", "--set", "measure.trained_on=[deepwordbug]")
    assert again == 0
    assert "is trained already" in said
    code, _, said = train(place, "hard", "--seed", "5")
    assert code == 2
    assert "holds another training: recipe.train.seed was 0" in said


@pytest.mark.parametrize(
    ("more", "recipe", "said"),
    [
        (("--attack", "textfoolr"), "freelb", "did you mean 'textfooler'"),
        (("--attack", "diacritics-es"), "freelb", "is for es, the test data are en"),
        (("--set", "defence={freelb: {step: 3}}"), "freelb", "did you mean 'steps'"),
        ((), "frelb", "did you mean 'freelb'"),
        (("--attack", "a2t"), "safer", "needs gradients"),
        (("--attack", "a2t"), "rsmi", "needs gradients"),
        ((), "ibp", "intervals cannot be carried through"),
        ((), "mixed-es", "is for es, the data are en"),
        (("--set", "adversarial.recipes=[ner-synonyms]", "--set", "adversarial.clean_epochs=0"), "a2t", "task tagging"),
        (("--attack", "input-reduction"), "a2t", "input-reduction is a diagnosis"),
        (("--set", "adversarial.recipes=[input-reduction]"), "a2t", "does not change the answer"),
        (("--set", "adversarial.recipes=[variety-es]"), "a2t", "is for es, the training data are en"),
        (("--set", "train.epochs=1"), "a2t", "has to be more than 1"),
        (("--label-map", "positive=good,negative=bad"), "plain", "are not the classes of the model"),
    ],
)
def test_mistakes_are_said_before_anything_is_trained(
    place: Path, more: tuple[str, ...], recipe: str, said: str
) -> None:
    code, _, err = train(place, "never", *more, recipe=recipe)
    assert code == 2, err
    assert said in err
    assert "Traceback" not in err
    assert not (place / "never").exists()


def test_a_control_and_the_gradients_are_part_of_the_report(place: Path) -> None:
    few = ("--limit", "6", "--set", "measure.held_out={en: [textfooler]}")
    code, out, err = train(place, "watched", *few, "--json", recipe="plain")
    assert code == 0, err
    told = json.loads(out)
    assert [(each["attack"], each["control"]) for each in told["attacks"]] == [
        ("textfooler", False),
        ("random-order", True),
    ]
    assert told["mean"]["held_out"]["attacks"] == 1  # a control is no part of it
    for side in ("before", "after"):
        seen = told["masking"][side]
        assert (seen["n"], seen["calibrated"]) == (6, True)
        assert seen["vanishing"]["n"] == seen["blind"]["n"] == seen["gradient"]["n"] == 6
        assert f"gradients {side}: zero on" in err
    assert "\ncontrols" in err


def test_two_trainings_share_a_folder_of_runs(place: Path) -> None:
    """What was found of the model before is read again; what comes after is of each training."""
    few = ("--attack", "random-order", "--limit", "4", "--runs", str(place / "shared"), "--json")
    told = []
    for seed in ("0", "1"):
        code, out, err = train(place, f"seed-{seed}", *few, "--seed", seed, recipe="plain")
        assert code == 0, err
        told.append(json.loads(out)["masking"])
    assert told[0]["before"] == told[1]["before"]
    assert [each["after"]["gradient"]["n"] for each in told] == [4, 4]
    assert len(list((place / "shared" / "after-masking" / "gradient").iterdir())) == 2
    assert len(list((place / "shared" / "before-masking" / "gradient").iterdir())) == 1


def test_several_seeds_in_one_report(place: Path) -> None:
    few = ("--attack", "random-order", "--limit", "6", "--set", "measure.masking=false", "--json")
    code, out, err = train(place, "seeds", *few, "--seeds", "2", "--seed", "3", recipe="plain")
    assert code == 0, err
    told = json.loads(out)
    assert told == json.loads((place / "seeds" / "report.json").read_text(encoding="utf-8"))
    own = [json.loads((place / "seeds" / f"seed-{n}" / "report.json").read_text(encoding="utf-8")) for n in (3, 4)]
    assert told["seeds"] == [report["seed"] for report in own] == [3, 4]
    assert told["clean_accuracy"]["by_seed"] == [report["clean_accuracy"]["after"]["value"] for report in own]
    (each,) = told["attacks"]
    under = [report["attacks"][0]["after"]["accuracy_under_attack"]["value"] for report in own]
    before = own[0]["attacks"][0]["before"]["accuracy_under_attack"]
    assert each["after"]["by_seed"] == pytest.approx(under)
    assert each["after"]["accuracy_under_attack"]["value"] == pytest.approx(sum(under) / 2)
    assert each["difference"]["value"] == pytest.approx(sum(under) / 2 - before["value"])
    assert each["before"]["accuracy_under_attack"] == before
    assert told["training"]["seconds"] == pytest.approx(sum(report["training"]["seconds"] for report in own))
    assert "by seed" in err
    assert "seeds 3, 4" in err
    assert len(list((place / "seeds" / "robustness" / "before").iterdir())) == 1  # attacked once for both

    code, _, said = train(place, "seeds/seed-3", *few, "--seeds", "2", recipe="plain")
    assert code == 2
    assert "holds one training" in said


def test_rows_that_were_learnt_from_are_told(place: Path) -> None:
    both = ("--test", str(place / "data.jsonl"), "--attack", "", "--set", "measure.masking=false", "--json")
    code, out, err = train(place, "learnt", *both, recipe="plain")
    assert code == 0, err
    told, n, own = json.loads(out), len(ROWS[::2]), len(ROWS[3::4])
    assert f"{n} of {n + own} rows that are attacked are also in the training data." in told["notes"]
    code, out, err = train(place, "alone", "--no-measure", "--json", recipe="plain")
    assert (code, json.loads(out)["measured"]) == (0, False)
    assert "model: " in err


def test_a_vote_is_attacked_with_its_draws_fixed_and_in_expectation(place: Path) -> None:
    few = ("--attack", "random-order", "--limit", "3", "--set", "smoothing.draws=3", "--json")
    code, out, err = train(place, "vote", *few, recipe="ranmask")
    assert code == 0, err
    (told,) = json.loads(out)["attacks"]
    assert (told["after"]["draws"], told["expectation"]["draws"]) == (3, 3)
    left = min(told[side]["accuracy_under_attack"]["value"] for side in ("after", "expectation"))
    clean, before = (told["before"][key]["value"] for key in ("clean_accuracy", "accuracy_under_attack"))
    assert told["gap_closed"] == (pytest.approx((left - before) / (clean - before)) if clean > before else None)
    assert "predicts by a vote" in (place / "vote" / "README.md").read_text(encoding="utf-8")

    words = ("attack", "--recipe", "random-order", "--model", str(place / "vote"), "--data", str(place / "test.jsonl"))
    more = ("--lang", "en", "--limit", "3", "--out", place / "drawn", "--calibrate", str(place / "dev.jsonl"))
    ran = robust(*words, *more, "--expectation")
    assert ran.code == 0, ran.err
    assert "3, in expectation" in ran.out
    assert robust(*words[:4], str(place / "tiny"), *words[5:], "--expectation").code == 2


def test_an_attack_on_a_calibrated_model(place: Path) -> None:
    words = ("attack", "--recipe", "random-order", "--model", str(place / "tiny"), "--data", str(place / "test.jsonl"))
    more = ("--lang", "en", "--limit", "4", "--calibrate", str(place / "dev.jsonl"), "--json", "--out", place / "cool")
    ran = robust(*words, *more)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    manifest = json.loads((place / "cool" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["identity"]["temperature"] == f"{told['temperature']:.9g}"
    rows = len(ROWS[1::4])
    assert f"temperature {told['temperature']:.4g}, by {rows} rows of {place / 'dev.jsonl'}" in ran.err
    assert "4 of 4 examples were done before" in robust(*words, *more).err
    plain = robust(*words, "--lang", "en", "--limit", "4", "--json", "--out", place / "warm")
    assert "temperature" not in json.loads(plain.out)
    wrong = robust(*words, "--lang", "en", "--calibrate", str(place / "none.jsonl"))
    assert wrong.code == 2
    assert "none.jsonl" in wrong.err


def test_an_evaluation_that_looks_for_hidden_gradients(place: Path) -> None:
    data = ("--data", str(place / "test.jsonl"), "--lang", "en")
    ran = robust("evaluate", "--model", str(place / "tiny"), *data, "--masking", "--json", "--out", place / "seen")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)["masking"]
    assert told["n"] == told["vanishing"]["n"] == len(ROWS[3::4])
    assert told["calibrated"] is False
    assert "gradients: zero on" in ran.err
    assert json.loads(robust("report", str(place / "seen"), "--json").out)["masking"] == told
    twice = robust("evaluate", "--model", str(place / "tiny"), *data, *data[:2], "--masking")
    assert (twice.code, "--masking looks at one --data" in twice.err) == (2, True)
    other = robust("evaluate", "--suite", "certified", "--model", "starter-en", "--masking")
    assert "--masking: not for the suite certified" in other.err


def test_a_model_that_votes_with_noise_is_attacked_in_expectation_too(place: Path) -> None:
    few = ("--attack", "keyboard-typos", "--limit", "4", "--set", "defence.rsmi.again=8", "--json")
    code, out, err = train(place, "noisy", *few, recipe="rsmi")
    assert code == 0, err
    (told,) = json.loads(out)["attacks"]
    assert told["expectation"]["accuracy_under_attack"]["n"] == 4
    saved = json.loads((place / "noisy" / "smoothing.json").read_text(encoding="utf-8"))
    assert saved["defence"]["rsmi"]["again"] == 8
    masking = json.loads(out)["masking"]
    assert masking["before"]["vanishing"]["n"] == 4
    assert masking["after"]["vanishing"] is None  # a vote has no gradient
    assert "gradients after: the model tells none" in err


def test_a_model_that_reads_through_a_defence_is_attacked_through_it(place: Path) -> None:
    few = ("--limit", "6", "--attack", "a2t", "--attack", "keyboard-typos", "--json")
    code, out, err = train(place, "corrected", *few, recipe="noise-corrected")
    assert code == 0, err
    told = json.loads(out)
    assert [each["attack"] for each in told["attacks"]] == ["a2t", "keyboard-typos"]
    assert all(each["after"]["accuracy_under_attack"]["n"] == 6 for each in told["attacks"])
    manifests = [
        json.loads(path.read_text("utf-8")) for path in place.glob("corrected/robustness/after/*/manifest.json")
    ]
    assert len(manifests) == 2
    assert all("+context:en@" in manifest["identity"]["model"] for manifest in manifests)
    again = ("--model", place / "corrected", "--data", place / "data.jsonl", "--lang", "en", "--out", place / "bare")
    ran = robust("train", "--recipe", "plain", *again)
    assert ran.code == 2
    assert "reads through context:en" in ran.err
    assert "--set 'input_defences=[context]'" in ran.err


def test_a_vote_behind_a_corrector_is_attacked_in_expectation_too(place: Path) -> None:
    few = ("--limit", "4", "--attack", "keyboard-typos", "--set", "smoothing.draws=4", "--json")
    code, out, err = train(place, "voting", *few, recipe="safer-corrected")
    assert code == 0, err
    (attack,) = json.loads(out)["attacks"]
    assert attack["expectation"]["accuracy_under_attack"]["n"] == 4
    assert attack["expectation"]["draws"] == 4
    (manifest,) = (
        json.loads(path.read_text("utf-8")) for path in place.glob("voting/robustness/after/*/manifest.json")
    )
    assert manifest["draws"] == 4
    assert "+context:en@" in manifest["identity"]["model"]
