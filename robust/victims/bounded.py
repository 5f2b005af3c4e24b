"""What a classifier may say of a text whose words are replaced, all at once: certificates by interval bounds."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from robust.core.types import Fields
from robust.core.victim import AnyVictim
from robust.errors import UserError
from robust.victims._pieces import token_rows
from robust.victims.transformers import TransformersVictim

ROUNDING = 1e-4
"""Relative: how far answers in float32 may lie from bounds in float64."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BoundedVictim:
    """A classifier through which intervals can be carried; make one with `BoundedVictim.of`."""

    victim: TransformersVictim
    exact: Any = field(repr=False)
    """The model in float64, without dropout, in the processor's memory."""

    @classmethod
    def of(cls, victim: AnyVictim) -> BoundedVictim:
        """The victim, with bounds. Raises `UserError` for a model through which intervals cannot be carried."""
        from robust.models.bounds import Bounded

        if not isinstance(victim, TransformersVictim) or not isinstance(victim.exact, Bounded):
            raise UserError(
                f"intervals cannot be carried through {victim.meta.name}",
                fix="use a model of `robust finetune cnn`, or a vote: ranmask or safer",
            )
        model: Any = copy.deepcopy(victim.exact)
        return cls(victim=victim, exact=model.cpu().double().eval())

    def options(
        self, item: Fields, substitutions: Mapping[int, Sequence[Fields]]
    ) -> Mapping[int, Sequence[int]] | None:
        """For each place of a token of `item` where there is a choice: the tokens that may stand there, its own first.

        `substitutions` holds, for each word, the inputs that differ from `item` in that word alone. Those count that
        the tokeniser reads as `item` with one other token; the others, and words that share a token, are passed over.
        None where the text is cut off: then a word may move what is read of the others.
        """
        every = [item, *(other for others in substitutions.values() for other in others)]
        base, *rest = token_rows(self.victim.tokenizer, self.victim.max_length, every)
        if len(base) >= self.victim.max_length:
            return None
        claims: dict[int, dict[int, list[int]]] = {}
        rows = iter(rest)
        for word, others in substitutions.items():
            for _, tokens in zip(others, rows, strict=False):
                differing = [at for at, (old, new) in enumerate(zip(base, tokens, strict=False)) if old != new]
                if len(tokens) == len(base) and len(differing) == 1:
                    claims.setdefault(differing[0], {}).setdefault(word, []).append(tokens[differing[0]])
        return {
            place: tuple(dict.fromkeys((base[place], *(token for tokens in own.values() for token in tokens))))
            for place, own in claims.items()
            if len(own) == 1
        }

    def lead(self, item: Fields, label: int, options: Mapping[int, Sequence[int]]) -> tuple[float, bool]:
        """The least by which the logit of `label` leads all others, whatever of `options` stands where.

        And whether that certifies the label: bounds are in float64, and the lead has to exceed what rounding may change
        in a float32 answer, `ROUNDING` times the size of what the last layer adds up.
        """
        import torch

        from robust.models.bounds import box, worst_logits

        model, inputs = self.exact, self.victim.encode([item])
        ids = inputs["input_ids"]
        widest = max((len(tokens) for tokens in options.values()), default=1)
        table = ids.unsqueeze(-1).repeat(1, 1, widest)
        for place, tokens in options.items():
            table[0, place, : len(tokens)] = torch.tensor(tokens)
        with torch.inference_mode():
            vectors = box(model.get_input_embeddings()(table), torch.ones_like(table, dtype=torch.bool))
            features = model.features_within(vectors, inputs.get("attention_mask", torch.ones_like(ids)))
            most = worst_logits(features, model.last, torch.tensor([label]))[0]
            largest = torch.maximum(features.low.abs(), features.high.abs())[0]
            size = float((model.last.weight.abs() @ largest).max()) + 1.0
        lead = -max(float(value) for at, value in enumerate(most) if at != label)
        return lead / self.victim.temperature, lead > ROUNDING * size
