// Bytes of a client -> its HTTP requests, one after another, or why they are none. No I/O.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace fat {

struct HttpRequest {
  std::string method;
  std::string target;                         ///< as it was sent: begins with '/'
  std::map<std::string, std::string> fields;  ///< those this server reads; names in lower case
  std::string body;
  bool keep_alive = false;

  /// Empty when it was not sent.
  std::string field(const std::string& name) const;
};

enum class ReadStep {
  NeedsMore,      ///< bytes
  WantsContinue,  ///< the client sends the body when it is told to; said once
  Complete,
  Refused,  ///< nothing that follows can be read
};

struct ReadResult {
  ReadStep step = ReadStep::NeedsMore;
  HttpRequest request;  ///< when complete
  int status = 0;       ///< when refused
  std::string text;     ///< when refused: why
};

struct ReaderLimits {
  std::size_t header_bytes = 16 * 1024UL;
  std::size_t body_bytes = 1024 * 1024UL;
};

class RequestReader {
 public:
  explicit RequestReader(const ReaderLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  void feed(std::string_view bytes);

  /// REQUIRES: nothing was refused before.
  ReadResult next();

  /// Some bytes of a request have come, but not all.
  bool within_request() const;

 private:
  struct Parser;
  ReaderLimits limits_;
  std::string bytes_;  ///< fed and not yet understood
  std::unique_ptr<Parser> parser_;
};

}  // namespace fat
