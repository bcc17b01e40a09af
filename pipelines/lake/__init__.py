"""Where tables lie: immutable Parquet files, the one-file snapshot, the run lock, publication and retention.

No meaning of a column is known here.
"""
