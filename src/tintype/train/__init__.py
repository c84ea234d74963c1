"""Training: `config.py` says what, `trainer.py` is the loop, `approach.py` one update, whose kinds are
`regression.py`, `classification.py` and `adversarial.py`; `checkpoint.py` writes the
files."""
