"""One version in the words of other ecosystems, in an order that PEP 440 would agree with.

Each target has a module with pure functions from a `Version` to text; `registry` names them all.
What a target has no word for is refused (`limit`), never approximated.
"""
