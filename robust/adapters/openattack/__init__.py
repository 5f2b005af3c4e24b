"""OpenAttack (Zeng et al. 2021, arXiv:2009.09191): its attackers under our engine.

Needs `pip install 'robust[openattack]'`. In recipes, `attack: {openattack: {attacker: PWWSAttacker}}` is one of them.
What they would download (tokenisers, thesauri, stop words) they get from our languages, so that those that need nothing
else run offline, in English and in Spanish: PWWS, Genetic, HotFlip (which asks for no gradient there), PSO, TextBugger,
VIPER and, in English, DeepWordBug. Nothing of OpenAttack is imported before a recipe asks for it.
"""
