"""Static pages drawn from the published marts: templates, inline SVG, two languages, no outside request.

Reads marts, never raw or master tables, so that a page can show no more than its mart does.
A page is one `Page` in `registry`: its name, the marts it reads, a pure function to a view, and a template.
"""
