// Bytes -> SHA-256, with OpenSSL. The method is fetched once: fetching costs more than hashing an
// event.
#include "store/sha256.hpp"

#include <new>
#include <stdexcept>

#include <openssl/evp.h>

#include "store/durable_file.hpp"

namespace fat::store {

namespace {

/// A call of OpenSSL costs as much as hashing this many bytes costs a few times over.
constexpr std::size_t kAtOnce = 4096;

void check(int result) {
  if (result != 1) {
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

void Sha256::Free::operator()(evp_md_st* method) const noexcept {
  EVP_MD_free(method);
}

Sha256::Sha256() : method_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr) {
    throw std::bad_alloc();
  }
  start();
}

void Sha256::start() {
  check(EVP_DigestInit_ex2(context_.get(), method_.get(), nullptr));
}

void Sha256::pass_on(std::string_view bytes) {
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Sha256& Sha256::add(std::string_view text) {
  if (waiting_.size() + text.size() > kAtOnce) {
    pass_on(waiting_);
    waiting_.clear();
  }
  if (text.size() > kAtOnce) {
    pass_on(text);
  } else {
    waiting_ += text;
  }
  return *this;
}

Sha256& Sha256::add(std::span<const std::byte> bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are hashed as they are
  return add(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Sha256& Sha256::add(std::int64_t number) {
  std::array<std::byte, 8> bytes{};
  auto rest = static_cast<std::uint64_t>(number);
  for (auto& byte : bytes) {
    byte = static_cast<std::byte>(rest & 0xffU);
    rest >>= 8U;
  }
  return add(bytes);
}

Sha256& Sha256::add_field(std::string_view text) {
  return add(static_cast<std::int64_t>(text.size())).add(text);
}

Hash Sha256::finish() {
  pass_on(waiting_);
  waiting_.clear();
  Hash hash{};
  unsigned length = 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's bytes are unsigned char
  check(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()), &length));
  start();
  return hash;
}

std::string to_hex(const Hash& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(hash.size() * 2);
  for (const std::byte byte : hash) {
    text += digits[std::to_integer<unsigned>(byte) >> 4U];
    text += digits[std::to_integer<unsigned>(byte) & 0xfU];
  }
  return text;
}

std::string sha256_of(const std::filesystem::path& file) {
  Sha256 sha256;
  read_pieces(file, [&](std::string_view bytes) { sha256.add(bytes); });
  return to_hex(sha256.finish());
}

}  // namespace fat::store
