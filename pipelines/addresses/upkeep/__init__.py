"""The register over nights: what became of codes, which answers changed, what its keeper should mend."""
