// Bytes -> SHA-256.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;
struct evp_md_st;

namespace fat::store {

using Hash = std::array<std::byte, 32>;

/// Collects bytes and gives their hash; then empty again. Used by one thread at a time.
class Sha256 {
 public:
  Sha256();

  Sha256& add(std::span<const std::byte> bytes);
  Sha256& add(std::string_view text);
  /// Eight bytes, least significant first.
  Sha256& add(std::int64_t number);
  /// The length before the text: ("ab", "c") and ("a", "bc") differ.
  Sha256& add_field(std::string_view text);
  Hash finish();

 private:
  void start();
  void pass_on(std::string_view bytes);

  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
    void operator()(evp_md_st* method) const noexcept;
  };

  std::unique_ptr<evp_md_st, Free> method_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
  std::string waiting_;  ///< for a call of OpenSSL that is worth it
};

/// Lower-case hexadecimal digits.
std::string to_hex(const Hash& hash);

/// Of a file's content, in hexadecimal digits. Throws as read_pieces() does.
std::string sha256_of(const std::filesystem::path& file);

}  // namespace fat::store
