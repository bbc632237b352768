// Bytes of a client -> its HTTP requests. The grammar is Beast's; what is refused besides stands
// here.
#include "web/request_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "fat/model/lower_case.hpp"

namespace fat {

namespace {

namespace http = boost::beast::http;

constexpr std::array<std::string_view, 10> kFieldsRead{"accept-encoding",
                                                       "authorization",
                                                       "content-type",
                                                       "cookie",
                                                       "expect",
                                                       "host",
                                                       "if-none-match",
                                                       "last-event-id",
                                                       "origin",
                                                       "sec-fetch-site"};

/// Of a body in chunks. Beast takes it for granted that what follows a last chunk it has begun to
/// read is at least as long, and ends the program otherwise.
constexpr std::string_view kShortestEnd = "0\r\n\r\n";

ReadResult refused(int status, std::string text) {
  return {.step = ReadStep::Refused, .request = {}, .status = status, .text = std::move(text)};
}

ReadResult refusal_of(const boost::system::error_code& error, const ReaderLimits& limits) {
  if (error == http::error::header_limit) {
    return refused(431,
                   "the header is longer than " + std::to_string(limits.header_bytes) + " bytes");
  }
  if (error == http::error::body_limit) {
    return refused(413, "the body is longer than " + std::to_string(limits.body_bytes) + " bytes");
  }
  return refused(400, "this is not HTTP: " + error.message());
}

/// Two of one name are two opinions of what was meant: of whoever reads the first, and the last.
template <typename Fields>
bool take_fields(const Fields& fields, HttpRequest& request) {
  for (const auto& field : fields) {
    auto name = lower_case(field.name_string());
    if (std::ranges::find(kFieldsRead, name) == kFieldsRead.end()) {
      continue;
    }
    const bool first = request.fields.emplace(std::move(name), field.value()).second;
    if (!first) {
      return false;
    }
  }
  return true;
}

}  // namespace

struct RequestReader::Parser {
  explicit Parser(const ReaderLimits& limits) {
    // Beast's limit depends on the pieces in which a header comes; ours does not.
    http.header_limit(std::numeric_limits<std::uint32_t>::max());
    http.body_limit(limits.body_bytes);
  }

  boost::system::error_code take(std::string& bytes, const ReaderLimits& limits);
  /// Once: the client sends no body before it is told to.
  bool waits_to_continue();
  ReadResult result();

  http::request_parser<http::string_body> http;
  std::size_t header_bytes = 0;  ///< understood so far
  bool begun = false;
  bool continued = false;
};

/// What is understood is taken out of `bytes`; need_more: the rest waits for more.
boost::system::error_code RequestReader::Parser::take(std::string& bytes,
                                                      const ReaderLimits& limits) {
  if (http.is_header_done() && http.chunked() && bytes.starts_with('0') &&
      bytes.size() < kShortestEnd.size()) {
    return http::error::need_more;
  }
  boost::system::error_code error;
  const bool of_header = !http.is_header_done();
  http.eager(!of_header);
  const auto used = http.put(boost::asio::buffer(bytes), error);
  begun = true;
  header_bytes += of_header ? used : 0;
  bytes.erase(0, used);
  const auto unread = http.is_header_done() ? 0 : bytes.size();
  if (header_bytes + unread > limits.header_bytes) {
    return http::error::header_limit;
  }
  return !error && used == 0 ? http::error::need_more : error;
}

bool RequestReader::Parser::waits_to_continue() {
  const bool waits = http.is_header_done() && !continued &&
                     lower_case(http.get()[http::field::expect]) == "100-continue";
  continued = continued || waits;
  return waits;
}

ReadResult RequestReader::Parser::result() {
  ReadResult result{.step = ReadStep::Complete};
  auto message = http.release();
  result.request.method = message.method_string();
  result.request.target = message.target();
  result.request.keep_alive = message.keep_alive();
  if (!take_fields(message, result.request)) {
    return refused(400, "a field of the header stands there twice");
  }
  if (!result.request.target.starts_with('/')) {
    return refused(400, "the address of a request begins with '/'");
  }
  result.request.body = std::move(message.body());
  return result;
}

std::string HttpRequest::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

RequestReader::RequestReader(const ReaderLimits& limits) : limits_(limits) {}

RequestReader::~RequestReader() = default;

void RequestReader::feed(std::string_view bytes) {
  bytes_ += bytes;
}

bool RequestReader::within_request() const {
  return (parser_ && parser_->begun) || !bytes_.empty();
}

ReadResult RequestReader::next() {
  if (!parser_) {
    parser_ = std::make_unique<Parser>(limits_);
  }
  while (!bytes_.empty() && !parser_->http.is_done()) {
    const auto error = parser_->take(bytes_, limits_);
    if (error == http::error::need_more) {
      break;
    }
    if (error) {
      return refusal_of(error, limits_);
    }
  }
  if (!parser_->http.is_done()) {
    return {.step = parser_->waits_to_continue() ? ReadStep::WantsContinue : ReadStep::NeedsMore};
  }
  return std::exchange(parser_, nullptr)->result();
}

}  // namespace fat
