"""How clerks write: addresses, names, numbers, phones, dates, with the errors of an `ErrorModel`.

Writers take true values and return text beside what became of it; they never look at the feeds.
"""
