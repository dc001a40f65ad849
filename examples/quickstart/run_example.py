"""Calls everything that the example exports, and prints what comes back."""

import my_ffi_extension


def main() -> None:
    """Call a C symbol, two global functions and a class."""
    print("add_two(40) =", my_ffi_extension.LIB.add_two(40))
    print("add_one(41) =", my_ffi_extension.add_one(41))
    print("IntPair(1, 2).sum() =", my_ffi_extension.IntPair(1, 2).sum())
    try:
        my_ffi_extension.raise_error("this came from C++")
    except RuntimeError as error:
        print("raise_error raised RuntimeError:", error)


if __name__ == "__main__":
    main()
