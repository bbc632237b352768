// libFuzzer's bytes -> the target this program was built for (FUZZ_TARGET).
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fat::fuzz::FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
