"""Changed copies of the rows of a data set that keep their labels, tags and answers."""

from robust.stages.augment.augmenter import Augmenter, copies_of
from robust.stages.augment.items import Copy, Item

__all__ = ["Augmenter", "Copy", "Item", "copies_of"]
