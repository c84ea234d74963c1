"""A user study: do people believe the colors? Pictures, people, their answers, and what these say."""
