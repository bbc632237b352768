// What a shim that stands by is to do <-> one message. Shared by runner and shim: no exceptions of
// its own, no locale, no streams.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// The word that makes a shim stand by, and the protocol that the word after it names: a shim that
/// knows another one ends without having said that it is ready.
constexpr std::string_view kStandbyWord = "--standby";
constexpr std::string_view kStandbyProtocol = "1";

/// What a shim says once it stands by.
constexpr std::string_view kStandbyReady = "ready";

/// The socket's number in a shim that stands by.
constexpr int kOrderDescriptor = 3;

/// Of the environment: by it others find what belongs to an attempt.
constexpr std::string_view kTokenVariable = "FATMASTER_TOKEN=";

/// Bytes of the longest message; what is longer is no order for a shim that stands by.
constexpr std::size_t kLongestOrder = 65536;

/// Room for the command line that `ps` shows of it, and for the value of FATMASTER_TOKEN that
/// others find in its environment: both are written once it has its order.
constexpr std::size_t kCommandLineRoom = 8192;
constexpr std::size_t kTokenRoom = 128;

struct ShimOrder {
  std::string folder;                    ///< to work in, absolute
  std::vector<std::string> words;        ///< the shim's command line, its own name first
  std::vector<std::string> environment;  ///< "NAME=value", complete
};

/// nullopt when it is too long, or has a zero byte in a word.
std::optional<std::string> pack(const ShimOrder& order);

/// An order in the message that it came in.
struct UnpackedOrder {
  const char* folder = nullptr;
  std::vector<char*> words;        ///< ends with a null pointer
  std::vector<char*> environment;  ///< ends with a null pointer
  std::string_view command_line;   ///< the words, each with its zero byte
};

/// nullopt when it is not what `pack` made. Accepts any bytes. The result points into `message`.
std::optional<UnpackedOrder> unpack(std::span<char> message);

}  // namespace fat
