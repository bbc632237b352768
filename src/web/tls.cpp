// Certificate and key -> what connections are encrypted with.
#include "web/tls.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include "fat/web/web_server.hpp"

namespace fat {

boost::asio::ssl::context tls_of(const std::filesystem::path& certificate,
                                 const std::filesystem::path& key) {
  namespace ssl = boost::asio::ssl;
  ssl::context tls{ssl::context::tls_server};
  tls.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                  ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  ::SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_options(tls.native_handle(), SSL_OP_NO_RENEGOTIATION);
  boost::system::error_code error;
  error = tls.use_certificate_chain_file(certificate.string(), error);
  if (error) {
    throw WebError{fmt::format(
        "[listen] certificate: {} is no PEM file with a certificate that can be read ({})",
        certificate.string(),
        error.message())};
  }
  error = tls.use_private_key_file(key.string(), ssl::context::pem, error);
  if (error || ::SSL_CTX_check_private_key(tls.native_handle()) != 1) {
    throw WebError{
        fmt::format("[listen] key: {} is no PEM file with the key of {}, or cannot be read{}",
                    key.string(),
                    certificate.string(),
                    error ? " (" + error.message() + ")" : "")};
  }
  return tls;
}

}  // namespace fat
