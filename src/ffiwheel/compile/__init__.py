"""Two engines that turn sources into a shared library, and one that asks another build backend.

*ninja* compiles a plain list of sources with no configure step; *cmake* drives a `CMakeLists.txt`
through scikit-build-core; *delegate* lets a project's own PEP 517 backend make a whole wheel.
"""
