// What is answered -> the bytes of its header, with what protects the browser that reads it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fat/web/api.hpp"

namespace fat {

struct Response {
  int status = 200;
  std::map<std::string, std::string> fields;  ///< names as they are sent
  std::string body;
  std::optional<FileSlice> file;  ///< instead of body
};

enum class AfterAnswer { Close, KeepOpen };

/// Status line and fields; `length` absent: the end of the connection ends the body. A field with a
/// control character is left out: nothing that follows it could be trusted.
std::string header_text(const Response& response,
                        std::optional<std::uint64_t> length,
                        AfterAnswer after);

/// `{"text": ...}`: how every error is said.
Response said(int status, std::string_view text);

/// The answer of an ApiSource, protected like every other: it is never kept by a cache, never taken
/// for another type, runs nothing and is framed by nobody, unless it says otherwise itself.
Response to_response(ApiAnswer answer);

}  // namespace fat
