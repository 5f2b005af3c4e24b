"""Models under attack: sequence classifiers, scikit-learn pipelines, servers; `robust.victims.load` picks one."""
