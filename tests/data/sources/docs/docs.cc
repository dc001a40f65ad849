/*!
 * \file docs.cc
 * Shows: comments, and whose they are.
 */

/*! \brief One line. \param x a number \return The same. */
int one(int x) { return x; }

/**
 * @brief A longer text
 *        on two lines.
 *
 * Details with \p x and @c y, see \ref one "that", \f$x^2\f$ and &lt;b&gt;.
 *
 * \code{.cpp}
 * two(1,
 *     2);
 * \endcode
 *
 * @param[in]     x  The first,
 *                   which goes on.
 * @param[in,out] y  The second.
 * @tparam T nothing for Python
 * @return What
 *         comes out.
 * @retval 0 if nothing does
 * @throws std::ValueError if x is negative
 * @note Slow.
 * @warning Not for you.
 * @deprecated Use one().
 * @see one
 * @todo nothing
 */
template <typename T>
// NOLINTNEXTLINE
[[nodiscard]] inline T
two(T x, T y) { return x + y; }

/// # Markdown
///
/// - a list
///   - in a list
///
///     indented code
///
/// ```cpp
/// \param not a command
/// ```
//! The end.
int three(int x);
int three(int x) { return x; }

// An ordinary comment.
int four(int x) { return x; }

/// Another one's.
int nobody() { return 0; }
int five(/** in between */ int x) { return x; }

/// A macro's.
#define NOTHING
int six(int x) { return x; }

/// After a condition.
#ifdef FAST
int seven(int x) { return x; }
#endif

/* plain */ /** Same line. */ int eight(int x) { return x; }
////////////////////////////////
int nine(int x) { return x; }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("one", one)
      .def("two", two<int>)
      .def("three", three)
      .def("four", four)
      .def("five", five)
      .def("six", six)
      .def("seven", seven)
      .def("eight", eight)
      .def("nine", nine)
      .def("literal", one, R"(A literal.

        Set in.
          More.)")
      // ordinary
      .def("no_comment", [](int x) { return x; })
      /// At the registration.
      .def("at_registration", one);
}
