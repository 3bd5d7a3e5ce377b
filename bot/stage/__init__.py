"""The whole product in memory, without clock or network: for `bot chat`, `bot test` and conversation tests."""
