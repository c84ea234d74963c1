"""Scoring of models on photographs: one protocol, trivial baselines beside, kept picture by picture."""
