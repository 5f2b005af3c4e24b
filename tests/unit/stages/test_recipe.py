import pytest
from pydantic import ValidationError

from robust.recipe.finetune import FinetuneRecipe


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": {}}, "either `checkpoint`"),
        ({"model": {"checkpoint": "bert"}}, "its own tokenizer"),
        ({"train": {"max_length": 17}}, "exceeds"),
        ({"train": {"epoch": 3}}, "Extra inputs"),
        ({"languages": []}, "languages"),
    ],
)
def test_mistakes_are_told(recipe: FinetuneRecipe, change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FinetuneRecipe.model_validate({**recipe.model_dump(), **change})


def test_heads_divide_the_width(recipe: FinetuneRecipe) -> None:
    config = {**recipe.model.config.model_dump(), "heads": 3}
    with pytest.raises(ValidationError, match="multiple of heads"):
        FinetuneRecipe.model_validate({**recipe.model_dump(), "model": {"config": config}})
