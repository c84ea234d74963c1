"""What an evaluation found, for people: pages, figures, tables, the leaderboard, scores on model cards.

Nothing here computes a score: everything is taken from results files (`tintype.evaluate.results`).
"""
