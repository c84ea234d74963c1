"""Training: `config.py` says what, `trainer.py` is the loop, `approach.py` one update, `checkpoint.py` the
files."""
