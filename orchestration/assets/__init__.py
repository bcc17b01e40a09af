"""One module a layer; an asset reads, calls one function of `pipelines`, writes, and reports numbers."""
