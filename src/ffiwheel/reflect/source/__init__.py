"""The reader of C++ and CUDA sources: names, defaults and comments that reflection does not have.

A witness, never the truth: what it says is used where reflection agrees with it. Texts go in,
frozen values come out, nothing is compiled and no input raises.

- `text`, `comments`, `conditionals`, `macros`, `preprocess`: from a file to plain code
- `syntax`, `declarations`: from plain code to what it declares
- `registrations`, `lookup`, `callables`: which of that is registered, under which name
- `values`, `doxygen`: defaults and comments, as Python writes them
- `reader`: all of it in order
"""
