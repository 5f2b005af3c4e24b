"""Pretrained models as files: finding them, pinning them, loading them, feeding them.

Whatever a model is for (to be attacked, to propose words, to compare sentences), it is opened the same way: `locate`
finds it and what pins it, `fetch` checks and completes its files, `load` reads them; `Wanted` says what the caller
needs.
"""
