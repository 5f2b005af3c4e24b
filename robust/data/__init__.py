"""What a user names with `--data`, as examples: starter sets, files and data sets of the Hugging Face hub.

`source.read` turns a `DataSpec` into a `Table` of rows; `labels.to_examples` lines its labels up with a model's and
makes the examples that an attack or an evaluation runs on.
"""
