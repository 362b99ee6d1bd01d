"""What mapping a listing is the same for on every marketplace: each note, list and limit in one place.

Evidence must not import any of it: it checks the mapping.
"""
