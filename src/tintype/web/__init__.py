"""Pages for people: the user study in a browser."""
