// Passwords and tokens -> what is kept of them. libsodium does it.
#include <array>

#include <sodium.h>

#include "fat/web/user_book.hpp"
#include "fat/web/web_server.hpp"

namespace fat {

namespace {

constexpr std::size_t kShortestPassword = 8;
constexpr std::size_t kLongestPassword = 1024;

void need_sodium() {
  if (::sodium_init() < 0) {
    throw WebError{"the machine gives no random numbers: libsodium cannot be used"};
  }
}

std::string in_hex(const unsigned char* bytes, std::size_t size) {
  std::string text((size * 2) + 1, '\0');
  ::sodium_bin2hex(text.data(), text.size(), bytes, size);
  text.pop_back();
  return text;
}

}  // namespace

std::string problem_of_password(std::string_view password) {
  if (password.size() < kShortestPassword) {
    return "a password has at least 8 characters";
  }
  return password.size() > kLongestPassword ? "a password has at most 1024 bytes" : "";
}

std::string hashed_password(const std::string& password) {
  need_sodium();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (::crypto_pwhash_str(hash.data(),
                          password.data(),
                          password.size(),
                          crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    throw WebError{"a password needs 64 MiB of memory to be hashed, and there is not so much"};
  }
  return hash.data();
}

bool is_password(const std::string& password, const std::string& hash) {
  need_sodium();
  static const std::string nobody = hashed_password(random_token());
  const auto& compared = hash.empty() ? nobody : hash;
  if (compared.size() >= crypto_pwhash_STRBYTES) {
    return false;
  }
  const bool same =
      ::crypto_pwhash_str_verify(compared.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

std::string random_token() {
  need_sodium();
  std::array<unsigned char, 32> bytes{};
  ::randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 64> text{};
  ::sodium_bin2base64(text.data(),
                      text.size(),
                      bytes.data(),
                      bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text.data();
}

std::string hash_of_token(std::string_view token) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  ::crypto_hash_sha256(
      hash.data(), reinterpret_cast<const unsigned char*>(token.data()), token.size());
  return in_hex(hash.data(), hash.size());
}

}  // namespace fat
