"""One question, one function: what voters wanted, how long they waited. Filled by later issues."""
