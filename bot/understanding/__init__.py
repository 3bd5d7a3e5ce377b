"""From a voter's text to a reading: what is wanted, how surely, in which language, with which values."""
