// Certificate and key -> what connections are encrypted with.
#pragma once

#include <filesystem>

#include <boost/asio/ssl/context.hpp>

namespace fat {

/// TLS 1.2 and newer. Throws WebError: a file cannot be read, or the key is not the certificate's.
boost::asio::ssl::context tls_of(const std::filesystem::path& certificate,
                                 const std::filesystem::path& key);

}  // namespace fat
