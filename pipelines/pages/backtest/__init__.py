"""How well the forecasts of places would have done: tests on past days, the gate for models, and their register.

Reads open marts alone; the arithmetic of the tests lies in the room of risk.
"""
