// The files of the page, ready to be sent.
#include "web/page.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <zlib.h>

#include "fat/web/user_book.hpp"

namespace fat {

namespace {

constexpr const char* kFirst = "index.html";
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
    "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
constexpr const char* kNoPage =
    "This fatmaster was built without its page (-DFATMASTER_PAGE=OFF). The API is complete: "
    "/api/v1/openapi.json describes it; so is the command line: `fatmaster status --watch`.\n";
constexpr int kGzip = 16;  // what zlib adds to its window bits for that form

std::string type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, const char*>, 3> types{
      {{".html", "text/html; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"}}};
  for (const auto& [ending, type] : types) {
    if (name.ends_with(ending)) {
      return type;
    }
  }
  return "application/octet-stream";
}

std::string name_of(const Target& target) {
  if (target.parts.empty()) {
    return kFirst;
  }
  return target.parts.size() == 1 ? target.parts.front() : "";
}

}  // namespace

std::string packed(std::string_view bytes) {
  z_stream stream{};
  if (::deflateInit2(&stream,
                     Z_BEST_COMPRESSION,
                     Z_DEFLATED,
                     MAX_WBITS + kGzip,
                     MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc{};
  }
  std::string out(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = ::deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  ::deflateEnd(&stream);
  if (ended != Z_STREAM_END) {
    throw std::logic_error{"zlib needs more room than it said"};
  }
  return out;
}

Page::Page(std::span<const PageFile> files) {
  for (const auto& file : files) {
    files_.emplace(file.name,
                   Ready{.type = type_of(file.name),
                         .mark = hash_of_token(file.bytes).substr(0, 32),
                         .plain = std::string{file.bytes},
                         .packed = packed(file.bytes)});
  }
}

bool Page::has(const Target& target) const {
  return target.parts.empty() || files_.contains(name_of(target));
}

Response Page::answer(const Target& target, const HttpRequest& request) const {
  const auto found = files_.find(name_of(target));
  Response response;
  if (found == files_.end()) {
    response.status = 404;
    response.fields["Content-Type"] = "text/plain; charset=utf-8";
    response.body = kNoPage;
    return response;
  }
  const auto& file = found->second;
  const bool packed = request.field("accept-encoding").find("gzip") != std::string::npos;
  const auto mark = "\"" + file.mark + (packed ? "-gzip\"" : "\"");
  response.fields = {{"Cache-Control", "no-cache"},
                     {"Content-Security-Policy", kPolicy},
                     {"Content-Type", file.type},
                     {"ETag", mark},
                     {"Vary", "Accept-Encoding"}};
  if (request.field("if-none-match") == mark) {
    response.status = 304;
    return response;
  }
  if (packed) {
    response.fields["Content-Encoding"] = "gzip";
  }
  response.body = packed ? file.packed : file.plain;
  return response;
}

}  // namespace fat
