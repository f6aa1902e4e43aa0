"""The proof-of-concept report: may this inspection run on the line? One file that a manager can read."""
