"""Why a text got its answer, in words."""
