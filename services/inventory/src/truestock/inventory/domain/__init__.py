"""Inventory's decisions: pure functions over plain values; no I/O, no clock, no framework."""
