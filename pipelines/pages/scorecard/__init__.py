"""The data quality scorecard: each module turns one mart into the view of one section; no picture or word of layout.

A section whose mart is absent has `Missing` in place of its view.
"""
