"""The simulated demo city 云川市, its truth, and the measurement against it.

Independent of what it tests: no module here imports `pipelines.addresses`, `identity` or `normalise`.
"""

from pipelines.city.generate import CityReport, NightFiles, deliver, generate_city

__all__ = ["CityReport", "NightFiles", "deliver", "generate_city"]
