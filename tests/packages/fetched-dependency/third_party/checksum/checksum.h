#pragma once

#include <cstdint>
#include <string>

namespace checksum {

// Returns the Adler-32 checksum of these bytes.
std::uint32_t Adler32(const std::string& bytes);

}  // namespace checksum
