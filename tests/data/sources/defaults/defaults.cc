// Shows: what defaults become.
#define DEFAULT_SIZE (4 * 1024)
constexpr int kBase = 0x10;
static const double kRate = kBase / 3.0;
enum class Mode : int64_t { kOff, kSlow = kBase, kFast, kAlso = kFast };
enum { kPlain = 7 };
using Ints = ffi::Array<int64_t>;
int runtime();
int64_t Braced(std::map<std::string, std::vector<double>> series, std::optional<std::string> key = {}, DLDevice device = {kDLCPU, 0}, std::vector<std::string> words =
    {"a = {", "b"}, std::string last={}) { return 1; }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("integers", [](int a = 1'000'000u, int64_t b = -0x1FLL, int c = 010, int d = 0b101, uint8_t e = 'a') {})
      .def("floats", [](double a = 1, float b = .5f, double c = 1e-5, double d = -INFINITY, double e = 0x1p-2) {})
      .def("flags", [](bool a = true, bool b = 0, bool c = !true, int d = true) {})
      .def("nothing", [](Optional<int> a = std::nullopt, std::optional<int> b = {}, ffi::Any c = nullptr, const Foo* d = NULL) {})
      .def("texts", [](String a = "a\tb\u00e9" "c", std::string b = std::string("x"), const char* c = R"(\d)", String d = "", std::string e = {}) {})
      .def("constants", [](int a = DEFAULT_SIZE, int b = kBase + 1, double c = kRate, Mode d = Mode::kFast, int e = kPlain, int64_t f = static_cast<int64_t>(Mode::kAlso)) {})
      .def("limits", [](int64_t a = std::numeric_limits<int64_t>::max(), float b = std::numeric_limits<float>::infinity(), int c = INT_MIN) {})
      .def("containers", [](Array<int> a = {}, Array<double> b = {1, 2}, std::vector<String> c = {"x"}, Map<String, int> d = {{"a", 1}}, Tuple<int, bool> e = {1, true}, Ints f = {}) {})
      .def("arithmetic", [](int a = (1 << 4) | 3, int b = -7 / 2, double c = 2 * 3.5, int d = int64_t{3}, int e = ~0) {})
      .def("braces", Braced)
      .def("optional", [](Optional<double> a = 1, Optional<Array<int>> b = Array<int>{1}, Optional<String> c = String("s")) {})
      .def("unknown", [](DLDevice a = DLDevice{kDLCPU, 0}, int b = runtime(), Foo c = Foo(), int d = sizeof(int), Foo e = {}, int f = unheard_of, String g = 1 ? "a" : "b", int h = 1 % 0) {});
}
