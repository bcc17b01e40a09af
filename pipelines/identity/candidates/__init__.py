"""From mentions to the pairs worth comparing: sure nodes, their features, blocking, integer codes."""
