"""One version as files of other languages and build systems.

Each kind of file has a pure function from a `Request` to text; `registry` names them all. A file
depends on the commit and nothing else, so an sdist has the same files as the checkout.
"""
