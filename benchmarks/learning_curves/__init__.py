"""How good a classifier gets from how many labels, and in how many updates: from scratch, and from what was pretrained.

    python -m benchmarks.learning_curves --language en --train train.tsv --dev dev.tsv --test test.tsv \\
        --resources vectors=DIR --resources ulmfit=DIR --resources bert=DIR --resources minilm=DIR
    python -m benchmarks.learning_curves --plot
"""
