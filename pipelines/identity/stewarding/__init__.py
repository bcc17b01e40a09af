"""What a steward sees and decides: links, the review queue, decisions."""
