"""Text lines as shrunk regions with a learned threshold: DB and DB++."""
