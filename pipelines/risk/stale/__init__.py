"""Where a feed is thin, stale or silent for a community: 此处情况未知, here we do not know.

A quiet community and a community of which nobody reports look the same on a map; this table tells them apart.
"""
