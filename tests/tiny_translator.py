"""A tiny translator that has really learnt something: 32 English words, each by its Spanish one, in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

WORDS = """
the:el a:un big:grande small:pequeño cold:frío happy:feliz sad:triste old:viejo new:nuevo quick:rápido dog:perro
cat:gato house:casa car:coche film:película story:historia child:niño woman:mujer doctor:médico road:camino
ship:barco forest:bosque sees:ve buys:compra paints:pinta helps:ayuda wants:quiere begins:empieza with:con
and:y in:en near:cerca
"""
PAIRS = dict(pair.split(":") for pair in WORDS.split())
LAYERS = {"layers": 1, "attention_heads": 2, "ffn_dim": 96}


def translated(sentence: str) -> str:
    """What the translator should say, by the dictionary."""
    return " ".join(PAIRS[word] for word in sentence.split())


def sentences(n: int, seed: int) -> list[str]:
    """Strings of 4 to 6 of the English words."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(list(PAIRS), rng.integers(4, 7))) for _ in range(n)]


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = ["<pad>", "</s>", "<unk>", *PAIRS, *PAIRS.values()]
    made = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=32
    )


def train(directory: Path, *, steps: int = 200, batch: int = 32) -> str:
    """Train a BART of one layer and save it; returns its directory. A word it does not know it reads as `<unk>`."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    tokenizer = _tokenizer()
    config = BartConfig(
        vocab_size=len(tokenizer),
        **{f"{part}_{name}": size for part in ("encoder", "decoder") for name, size in LAYERS.items()},
        **{"d_model": 64, "max_position_embeddings": 32, "dropout": 0.0, "init_std": 0.1},
        **{"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0},
        forced_eos_token_id=None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = BartForConditionalGeneration(config)
        optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = 3e-3 * min(1, step / 40) * (1 - step / steps)
            english = sentences(batch, seed=step)
            read = tokenizer(english, padding=True, return_tensors="pt")
            goal = tokenizer([translated(one) for one in english], padding=True, return_tensors="pt")["input_ids"]
            goal[goal == 0] = -100
            loss = model(input_ids=read["input_ids"], attention_mask=read["attention_mask"], labels=goal).loss
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return str(directory)
