"""Needs of service and help by household: who to visit, who to carry down first. Never a score of a person."""
