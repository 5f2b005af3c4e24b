"""Interval bound propagation: training on the worst that substitutions of words may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from robust.defences import _substitutes
from robust.defences._checks import positive
from robust.defences._step import Step
from robust.errors import PluginError
from robust.registry import register

if TYPE_CHECKING:
    from torch import Tensor


@register("defences", "ibp")
@dataclass(frozen=True, kw_only=True)
class IBP:
    """Learn the labels, and to keep them whatever synonyms stand for the words, all at once.

    Jia et al. 2019 (arXiv:1909.00986), Huang et al. 2019 (arXiv:1909.01492): the vectors of a word and its first `k`
    synonyms lie in a box, intervals are carried through the model, and the loss is (1 - κ) CE + κ CE(worst logits). κ
    rises from 0 to `weight`, and the sides of the boxes from 0 to their whole length, while the first `ramp` (above 0,
    to 1) of the updates are made. Two passes.

    Models: those through which intervals can be carried (`robust.models.bounds.Bounded`). What comes out is certified
    by `robust evaluate --suite certified --method ibp`.

    *Differs from the papers*: synonyms are those of the thesauri of robust, where the model reads them as one token;
    worst logits are bounds of differences (Gowal et al. 2018, arXiv:1810.12715), and have no dropout; the ramp is
    counted in updates, not epochs.
    """

    needs_bounds: ClassVar[bool] = True

    k: int = 8
    weight: float = 0.8
    ramp: float = 0.6

    def __post_init__(self) -> None:
        positive("ibp", k=self.k, weight=self.weight, ramp=self.ramp)
        if self.weight > 1 or self.ramp > 1:
            raise PluginError(f"ibp: weight is {self.weight}, ramp {self.ramp}", fix="use 1 or less")

    def __call__(self, step: Step, /) -> None:
        """A clean pass and one of intervals."""
        from torch.nn.functional import cross_entropy

        from robust.models.bounds import box, shrunk

        share = min(1.0, step.progress / self.ramp)
        options, known = self._options(step)
        whole = box(step.embed(options), known)
        worst = step.worst(shrunk(whole, step.embed(step.ids), share))
        robust = step.mean(cross_entropy(worst, step.labels, reduction="none"))
        weight = self.weight * share
        step.backward((1 - weight) * step.forward().loss + weight * robust)

    def _options(self, step: Step) -> tuple[Tensor, Tensor]:
        """Token ids `(batch, tokens, options)`, and which of them there are."""
        if "ibp" not in step.memory:
            step.memory["ibp"] = _substitutes.replacements(step.tokenizer, step.languages, self.k)
            step.memory["ibp-continuing"] = _substitutes.continuing(step.tokenizer)
        table, continuing = (step.memory[name].to(step.ids.device) for name in ("ibp", "ibp-continuing"))
        options = table[step.ids].clone()
        free = _substitutes.whole(step.ids, continuing) & (step.mask.squeeze(-1) > 0)
        options[..., 1:][~free] = -1
        return options.clamp(min=0), options >= 0
