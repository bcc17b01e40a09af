"""Which open disputes (矛盾纠纷) may escalate, by what is known of the case and its place.

Escalation is a mediation that fails, or police called to a quarrel at the same building within 60 days of receipt. What
lives here reads cases and places; who the parties are is in no table that it reads.
"""
