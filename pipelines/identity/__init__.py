"""One person, one record: mentions, nodes, candidate pairs, scoring, clusters, ledger, golden record, households."""
