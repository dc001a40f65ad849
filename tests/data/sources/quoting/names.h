// Shows: macros that make names, in a header that registers nothing.
#define EXT_QUOTE_(x) #x
#define EXT_QUOTE(x) EXT_QUOTE_(x)
#define EXT_NAME(x) "ext." EXT_QUOTE(x)
#define EXT_IN(space, \
               x) \
  "ext." #space "." #x
int64_t declared_beside_them(int64_t beside);
