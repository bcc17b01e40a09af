"""Static pages drawn from the published marts: templates, inline SVG, two languages, no outside request.

Reads marts, never raw or master tables, so that a page can show no more than its mart does.
"""
