"""What two mentions must never, or must always, share a person for, before and whatever the scores say.

Sources of the rules: GB 11643 gives one number to one citizen for life (a re-issue is a steward's decision), the police
register lists a resident once, one row names two persons under two names, and a steward's answer is law. Decisions
between two persons are made in ``clustering``; here is what it looks at.
"""

from pipelines.identity.constraints.features import node_features
from pipelines.identity.constraints.numbers import ADULT_YEARS, number_birth, number_sex
from pipelines.identity.constraints.rows import named_beside, one_number_per_node, row_mates
from pipelines.identity.constraints.standing import (
    BORROWED,
    CONTESTED,
    DOCUMENTED_ROLES,
    OWN,
    POLICE_FEED,
    own_numbers,
)

__all__ = [
    "ADULT_YEARS",
    "BORROWED",
    "CONTESTED",
    "DOCUMENTED_ROLES",
    "OWN",
    "POLICE_FEED",
    "named_beside",
    "node_features",
    "number_birth",
    "number_sex",
    "one_number_per_node",
    "own_numbers",
    "row_mates",
]
