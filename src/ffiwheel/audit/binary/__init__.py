"""Read shared libraries of every format without running them.

Files come from strangers. So nothing here trusts a size, an offset or a count: all reads go through
`Image`, which refuses what lies behind the end of the file; tables are decoded in one go and have
upper limits; chains and trees are walked with a budget. What breaks a rule is `DamageError`, and
`read.read_binary` turns that into the error that people see.

Libraries of the field give us the structures (pyelftools, macholib, pefile). They do not walk the
tables: pyelftools follows a damaged chain of versions for as long as a 32-bit count says, macholib
copies whole segments, and pefile cuts names after 512 bytes and imports after 8,192.
"""
