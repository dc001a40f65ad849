"""The reader of C++ and CUDA sources: names, defaults and comments that reflection does not have.

A witness, never the truth: what it says is used where reflection agrees with it. Texts go in,
frozen values come out, nothing is compiled and no input raises.

- `text`, `comments`, `conditionals`, `macros`, `expansion`, `preprocess`: from a file to plain code
- `syntax`, `declarations`: from plain code to what it declares
- `project`, `lookup`: which file declares a name, and what it means at a place
- `registrations`, `callables`: what is registered, and which function that is
- `values`, `literals`, `conversion`, `doxygen`: defaults and comments, as Python writes them
- `reader`, `mention`: all of it in order, and what comes out
"""
