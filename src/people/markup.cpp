#include "people/markup.hpp"

#include <openssl/evp.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/xml_text.hpp"

namespace fat {

std::string markup(std::string_view text) {
  constexpr std::size_t most = 64U << 10U;
  return xml_text(plain_text(text, most));
}

std::string base64(std::string_view bytes) {
  std::string text(((bytes.size() + 2) / 3 * 4) + 1, '\0');  // with the end that OpenSSL writes
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  const int size = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()), from, static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace fat
