"""The one inference path: a photograph and a model in, a colored photograph out."""
