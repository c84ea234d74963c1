"""The 2019 report built again: from photographs to the page that sets each number beside the report's."""
