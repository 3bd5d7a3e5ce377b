"""Measures the product against the goals of the architecture: ratios within one run, with everything in the way."""
