"""Change Mach-O libraries after they were linked, and sign them."""
