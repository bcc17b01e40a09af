"""What a delivery contained, in counts: `ops.feed_profile`, and the bands of what is usual for its feed.

Reads raw tables and the delivery log; writes nothing. Rules about the counts stand in expectations/tables/ops.
"""

from pipelines.quality.profile.deliveries import profile_deliveries
from pipelines.quality.profile.schema import PROFILE_GRAIN, PROFILE_SCHEMA, no_profile

__all__ = ["PROFILE_GRAIN", "PROFILE_SCHEMA", "no_profile", "profile_deliveries"]
