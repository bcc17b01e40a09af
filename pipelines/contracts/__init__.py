"""Data contracts: what each department's feed looks like, in one declaration a feed.

Here live the model, the loader and what is rendered from a contract (dbt sources, dictionary, schemas).
No reading of deliveries: that is `pipelines.ingest`.
"""
