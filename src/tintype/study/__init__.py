"""A user study: do people believe the colors? Pictures, people and answers in a database, and what they say."""
