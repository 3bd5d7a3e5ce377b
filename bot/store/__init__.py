"""The database: inbox, threads, log, outbox, effects and timers in one place; `unit.py` is the only transaction."""
