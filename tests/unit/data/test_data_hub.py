"""Data sets of the hub, by way of local directories; what goes wrong on the network is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.errors import DataError

datasets: Any = pytest.importorskip("datasets")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def directory(tmp_path: Path, *splits: str) -> str:
    folder = tmp_path / "films"
    folder.mkdir()
    for split in splits:
        (folder / f"{split}.csv").write_text(f"text,label\nel niño {split},1\nbad,0\n", encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("splits", "chosen"),
    [(("train", "test", "validation"), "validation"), (("train", "test"), "test"), (("train",), "train")],
)
def test_split_by_default(tmp_path: Path, splits: tuple[str, ...], chosen: str) -> None:
    table = read(DataSpec(source=f"hf:{directory(tmp_path, *splits)}"))
    assert table.name == f"hf:films/{chosen}"
    assert [(row.id, row.fields[0], row.label) for row in table.rows] == [
        (f"hf:films/{chosen}/0", f"el niño {chosen}", "1"),
        (f"hf:films/{chosen}/1", "bad", "0"),
    ]
    assert table.columns["split"] == chosen
    assert table.source_fingerprint.startswith("datasets:")


def test_split_as_named(tmp_path: Path) -> None:
    source = f"hf:{directory(tmp_path, 'train', 'validation')}"
    assert read(DataSpec(source=source, split="train")).rows[0].fields == ("el niño train",)
    assert read(DataSpec(source=source, split="train[1:]")).total == 1
    with pytest.raises(DataError, match=r'Unknown split "dev"[\s\S]*--split'):
        read(DataSpec(source=source, split="dev"))


def test_configuration_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'zz' not found[\s\S]*hf:<dataset>/<config>"):
        read(DataSpec(source=f"hf:{directory(tmp_path, 'train')}", config="zz"))


def test_empty_directory(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data files[\s\S]*\.csv"):
        read(DataSpec(source=f"hf:{directory(tmp_path)}"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    folder = directory(tmp_path, "train")
    Path(folder, "train.csv").write_text("text,label\na,1\nb,c,d,e\n", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be built"):
        read(DataSpec(source=f"hf:{folder}"))


def test_code_of_the_data_set_is_not_run(tmp_path: Path) -> None:
    folder = Path(directory(tmp_path))
    (folder / "films.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    with pytest.raises(DataError):
        read(DataSpec(source=f"hf:{folder}"))
    assert not (tmp_path / "ran").exists()


def saved(tmp_path: Path, labels: list[int]) -> str:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])})
    data = datasets.Dataset.from_dict({"text": ["a", "b", "c"], "label": labels}, features=features)
    folder = tmp_path / "saved"
    datasets.DatasetDict({"test": data}).save_to_disk(str(folder))
    return f"hf:{folder}"


def test_class_names_and_the_order_they_are_declared_in(tmp_path: Path) -> None:
    table = read(DataSpec(source=saved(tmp_path, [1, 0, 1]), lang="en"))
    assert [row.label for row in table.rows] == ["pos", "neg", "pos"]
    assert table.label_names == ("neg", "pos")
    assert to_examples(table, ("LABEL_0", "LABEL_1")).mapping == {"neg": 0, "pos": 1}
    assert to_examples(table, ("POS", "NEG")).mapping == {"neg": 1, "pos": 0}


def test_label_map_by_class_name_or_number(tmp_path: Path) -> None:
    source = saved(tmp_path, [1, 0, 1])
    by_name = read(DataSpec(source=source, label_map={"pos": "good"}))
    by_number = read(DataSpec(source=source, label_map={"1": "good"}))
    assert by_name.rows == by_number.rows
    assert by_name.left_out == by_number.left_out == {"neg": 1}


def test_minus_one_means_no_label(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 1 \(from 0\): no label \(2 of 3 rows"):
        read(DataSpec(source=saved(tmp_path, [1, -1, -1])))


def test_split_that_a_saved_data_set_lacks(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no split 'train'[\s\S]*test"):
        read(DataSpec(source=saved(tmp_path, [1, 0, 1]), split="train"))


class Hub:
    """Stands in for `load_dataset`: knows some data sets, raises `fault` for the others."""

    def __init__(self, fault: Exception, *known: tuple[str, str | None]) -> None:
        self.fault, self.known, self.asked = fault, known, []  # type: ignore[var-annotated]

    def __call__(self, path: str, name: str | None = None, **options: Any) -> Any:
        self.asked.append((path, name, options))
        if (path, name) not in self.known:
            raise self.fault
        return datasets.DatasetDict({"validation": datasets.Dataset.from_dict({"text": ["a"], "label": [0]})})


@pytest.mark.parametrize(
    ("source", "config", "known", "name"),
    [
        ("hf:imdb", None, ("imdb", None), "hf:imdb/validation"),
        ("hf:stanfordnlp/sst2", None, ("stanfordnlp/sst2", None), "hf:stanfordnlp/sst2/validation"),
        ("hf:glue/sst2", None, ("glue", "sst2"), "hf:glue/sst2/validation"),
        ("hf:nyu-mll/glue/sst2", None, ("nyu-mll/glue", "sst2"), "hf:nyu-mll/glue/sst2/validation"),
        ("hf:nyu-mll/glue", "sst2", ("nyu-mll/glue", "sst2"), "hf:nyu-mll/glue/sst2/validation"),
    ],
)
@pytest.mark.parametrize("fault", [datasets.exceptions.DatasetNotFoundError("no"), ConnectionError("offline")])
def test_names_of_data_sets(
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    source: str,
    config: str | None,
    known: tuple[str, str | None],
    name: str,
) -> None:
    hub = Hub(fault, known)
    monkeypatch.setattr(datasets, "load_dataset", hub)
    assert read(DataSpec(source=source, config=config, revision="abc")).name == name
    assert hub.asked[-1][2]["revision"] == "abc"
    assert not hub.asked[-1][2].get("trust_remote_code")


@pytest.mark.parametrize(
    ("fault", "said", "fix"),
    [
        (ConnectionError("Couldn't reach it"), "not in the cache", "HF_HUB_OFFLINE"),
        (datasets.exceptions.DatasetNotFoundError("'x' doesn't exist on the Hub"), "doesn't exist", "check the name"),
        (ValueError("Config name is missing.\nPick one"), "Config name is missing", "hf:<dataset>/<config>"),
        (RuntimeError("Dataset scripts are no longer supported, but found x.py"), "not run", "revision without code"),
        (datasets.exceptions.DatasetGenerationError("An error occurred"), "cannot be built", "look at its files"),
    ],
)
def test_faults(monkeypatch: pytest.MonkeyPatch, fault: Exception, said: str, fix: str) -> None:
    monkeypatch.setattr(datasets, "load_dataset", Hub(fault))
    with pytest.raises(DataError) as caught:
        read(DataSpec(source="hf:x/y"))
    assert said in caught.value.message
    assert fix in caught.value.fix


def test_names_that_are_none() -> None:
    with pytest.raises(DataError, match="names no data set"):
        read(DataSpec(source="hf:"))
    with pytest.raises(DataError, match="too many parts"):
        read(DataSpec(source="hf:a/b/c/d"))
