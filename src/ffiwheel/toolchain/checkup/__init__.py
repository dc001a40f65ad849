"""Look a machine over: is each tool there, does it answer, and what mends it if not.

A check looks for one kind of tool with the functions that builds look for it with. It changes
nothing and starts no server, and no program gets more than `ask.SECONDS`. What is wrong is part of
the answer (`Tool.troubles`); nothing is raised.
"""
