from hypothesis import settings

# No deadline: the machine may be busy. No database: a failing example is printed, and the same examples run everywhere.
settings.register_profile("steady", deadline=None, database=None, derandomize=True)
settings.load_profile("steady")
