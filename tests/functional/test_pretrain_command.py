import json
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from tests.functional.command import robust

SENTENCE = "el actor estuvo perfecto y la música , lenta ; a spotless performance by the niño"
WORDS = SENTENCE.split()
SMALL = [
    *("--set", "model.hidden_size=32", "--set", "model.layers=1", "--set", "model.heads=2"),
    *("--set", "model.intermediate_size=32", "--set", "tokenizer.vocab_size=300", "--set", "train.length=16"),
    *(
        "--set",
        "train.batch_size=4",
        "--set",
        "train.epochs=null",
        "--set",
        "train.steps=6",
        "--set",
        "train.log_every=2",
    ),
]


@pytest.fixture
def text(tmp_path: Path) -> str:
    lines = [" ".join(WORDS[at % 7 :]) for at in range(120)]
    path = tmp_path / "text.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("recipe", ["bert-mini-es", "gpt-mini"])
def test_it_trains_and_says_what_it_cost(recipe: str, text: str, tmp_path: Path) -> None:
    warm = ["--set", "model.warm_start=0"] if recipe.startswith("bert") else []
    ran = robust("pretrain", recipe, "--data", text, "--out", str(tmp_path / "out"), "--json", *SMALL, *warm)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["tokens"] == 6 * 4 * 16
    assert told["numbers"]["steps"] == 6
    assert told["tokens_per_second"] > 0
    assert "tokens/s" in ran.err
    card = (tmp_path / "out/README.md").read_text(encoding="utf-8")
    assert recipe in card
    assert "text.txt" in card


def test_rows_without_a_text_are_told(tmp_path: Path) -> None:
    rows = [{"text": SENTENCE if at % 10 else None} for at in range(120)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ran = robust("pretrain", "gpt-mini", "--data", str(tmp_path / "rows.jsonl"), "--out", str(tmp_path / "out"), *SMALL)
    assert ran.code == 0, ran.err
    assert "rows.jsonl: rows without a text, left out: 12" in ran.out
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert manifest["corpus"]["sources"] == [{"name": "rows.jsonl", "share": 1.0, "rows_without_text": 12}]
    assert "left out: 12" in (tmp_path / "out/README.md").read_text(encoding="utf-8")


def test_the_result_is_fine_tuned_like_any_checkpoint(text: str, tmp_path: Path) -> None:
    encoder = str(tmp_path / "encoder")
    assert robust("pretrain", "bert-mini-es", "--data", text, "--out", encoder, *SMALL).code == 0
    rows = ["text,label", *(f"{'un final perfecto' if at % 2 else 'un final malo'} {at},{at % 2}" for at in range(40))]
    (tmp_path / "train.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ran = robust(
        *("finetune", "classifier", "--model", encoder, "--data", str(tmp_path / "train.csv"), "--device", "cpu"),
        *("--out", str(tmp_path / "model"), "--set", "train.max_length=32", "--set", "train.epochs=1", "--json"),
        *("--set", "model.dropout=0.3"),
    )
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["n_train"] == 36
    assert json.loads((tmp_path / "model/config.json").read_text())["hidden_dropout_prob"] == 0.3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pretrain", "bert-mini-es", "--data", "nowhere.txt"], "nowhere.txt: no such file"),
        (["pretrain", "bert-mini-ess", "--data", "{text}"], "bert-mini-es"),
        (["pretrain", "bert-mini-es", "--data", "{text}", "--lang", "fr"], "fr"),
        (["pretrain", "bert-mini-es", "--data", "{text}@7"], "no share"),
        (["pretrain", "bert-mini-es", "--data", "{text}", "--set", "model.heads=3"], "multiple of heads"),
        (["pretrain", "bert-mini-es", "--data", "{text}", "--set", "train.length=999"], "max_positions"),
        (["pretrain", "bert-mini-es", "--data", "{text}", "--set", "train.stepz=9"], "did you mean 'steps'"),
        (["pretrain", "continue", "--model", "no/such/model", "--data", "{text}"], "no/such/model"),
        (["pretrain", "bert-mini-es", "--data", "{text}", "--model", "starter-en"], "continue --model starter-en"),
        (["pretrain", "cbow", "--data", "{text}", "--model", "starter-en"], "cbow begins with a new model"),
        (["pretrain", "awd-lstm", "--data", "{text}", "--model", "starter-en"], "continue --model starter-en"),
        (["pretrain", "typos", "--data", "{text}", "--model", "starter-en"], "continue --model starter-en"),
        (["pretrain", "bert-mini-es", "--data", "{text}", "--skip", "("], "regular expression"),
        (["pretrain", "bert-mini-es"], "--data FILE"),
        (["pretrain", "counter-fit", "--lang", "es"], "--model"),
        (["pretrain", "counter-fit", "--lang", "es", "--model", "nowhere"], "nowhere: no such file"),
        (["pretrain", "counter-fit", "--lang", "es", "--data", "{text}"], "leave out --data"),
    ],
)
def test_a_mistake_is_one_message(words: list[str], said: str, text: str, tmp_path: Path) -> None:
    ran = robust(*(word.replace("{text}", text) for word in words), "--out", str(tmp_path / "out"))
    assert ran.code == 2, ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()


def test_what_a_message_proposes_works(text: str, tmp_path: Path) -> None:
    short = tmp_path / "short.txt"
    short.write_text(SENTENCE + "\n", encoding="utf-8")
    words = ["pretrain", "gpt-mini", "--data", str(short), "--out", str(tmp_path / "out"), *SMALL]
    ran = robust(*words, "--set", "train.length=128")
    assert "a smaller --set train.length" in ran.err
    assert not (tmp_path / ".out.partial").exists()
    ran = robust(*words, "--set", "train.length=8")
    assert ran.code == 0, ran.err


def test_a_recurrent_model_that_cannot_begin_leaves_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    words = ["pretrain", "awd-lstm", "--out", str(tmp_path / "out"), "--set", "train.bf16=auto"]
    ran = robust(*words, "--data", str(tmp_path / "empty.txt"))
    assert "no text" in ran.err
    assert not (tmp_path / ".out.partial").exists()
    ran = robust(*words, "--data", text, "--set", "train.compile=true")
    assert "--set train.compile=false" in ran.err


def test_elmo_features_learn_a_mixture_over_a_language_model_that_stays(text: str, tmp_path: Path) -> None:
    features, model = str(tmp_path / "features"), tmp_path / "model"
    small = ["--set", "model.embedding_size=16", "--set", "model.hidden_size=16", "--set", "tokenizer.vocab_size=300"]
    few = ["--set", "train.steps=4", "--set", "train.batch_size=4", "--set", "train.length=16"]
    assert robust("pretrain", "elmo", "--data", text, "--out", features, *small, *few).code == 0
    rows = ["text,label", *(f"{'un final perfecto' if at % 2 else 'un final malo'} {at},{at % 2}" for at in range(40))]
    (tmp_path / "train.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ran = robust(
        *("finetune", "elmo-mixture", "--model", features, "--data", str(tmp_path / "train.csv"), "--device", "cpu"),
        *("--out", str(model), "--set", "train.learning_rate=0.1", "--set", "train.epochs=4"),
    )
    assert ran.code == 0, ran.err
    before, after = load_file(Path(features) / "model.safetensors"), load_file(model / "model.safetensors")
    assert after["mixture.weights"].std() > 0
    shared = before.keys() & after.keys()
    assert any(name.startswith("lm.") for name in shared)
    assert all((before[name] == after[name]).all() for name in shared if name.startswith("lm."))
