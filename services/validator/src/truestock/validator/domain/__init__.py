"""The decisions of validation: pure functions over the events' values (domain rules, §4)."""
