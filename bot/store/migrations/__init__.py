"""The steps from one schema to the next; `schema.py` runs them."""
