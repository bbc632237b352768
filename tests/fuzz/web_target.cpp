// Bytes as a client writes them to the dashboard's server -> its requests, their routes, and what
// is answered from them; all without a socket.
#include <algorithm>
#include <vector>

#include "fuzz/targets.hpp"
#include "web/access.hpp"
#include "web/event_hub.hpp"
#include "web/request_reader.hpp"
#include "web/response.hpp"
#include "web/routes.hpp"
#include "web/same_site.hpp"
#include "web/target.hpp"

namespace fat::fuzz {

namespace {

constexpr ReaderLimits kLimits{.header_bytes = 4096, .body_bytes = 4096};

/// Everything that is read until a refusal; the refusal is the last.
std::vector<ReadResult> read_all(std::string_view bytes, std::size_t piece) {
  RequestReader reader{kLimits};
  std::vector<ReadResult> results;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      auto result = reader.next();
      if (result.step == ReadStep::NeedsMore) {
        break;
      }
      results.push_back(std::move(result));
      if (results.back().step == ReadStep::Refused) {
        return results;
      }
    }
  }
  return results;
}

/// Whether a client is told to go on, and how early it is refused, depends on how its bytes come: a
/// line that is wrong may be seen at once, or with the end of the header. What is read does not.
std::vector<ReadResult> complete_ones(std::vector<ReadResult> results) {
  std::erase_if(results, [](const auto& result) { return result.step != ReadStep::Complete; });
  return results;
}

bool same_request(const HttpRequest& one, const HttpRequest& other) {
  return one.method == other.method && one.target == other.target && one.fields == other.fields &&
         one.body == other.body && one.keep_alive == other.keep_alive;
}

void require_same(const std::vector<ReadResult>& whole, const std::vector<ReadResult>& bytewise) {
  require(whole.size() == bytewise.size(), "as many requests in one piece as byte by byte");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    require(same_request(whole[i].request, bytewise[i].request), "the same request in pieces");
  }
}

void require_header(const std::string& header) {
  require(header.starts_with("HTTP/1.1 ") && header.ends_with("\r\n\r\n"), "an answer is HTTP");
  require(header.find("\r\n\r\n") == header.size() - 4, "nothing ends the header early");
}

void check_route(const HttpRequest& request, const fat::Target& target) {
  const auto found = find_route(request.method, target);
  if (found.route == nullptr) {
    require(found.status >= 400 && !found.text.empty(), "a refusal has a status and a sentence");
    auto response = said(found.status, found.text);
    response.fields["Allow"] = found.allow;
    require_header(header_text(response, response.body.size(), AfterAnswer::Close));
    return;
  }
  const auto pattern = parts_of(found.route->pattern);
  const auto braces =
      std::ranges::count_if(pattern, [](auto part) { return part.starts_with('{'); });
  require(found.parts.size() == static_cast<std::size_t>(braces), "a part for every brace");
  for (const auto& part : found.parts) {
    require(is_inside(part), "no part leaves its place");
    require(part.find('\0') == std::string::npos, "no part ends early");
  }
}

void check_request(const HttpRequest& request) {
  const Peer peer{.address = "127.0.0.1", .ours = "127.0.0.1"};
  require(request.body.size() <= kLimits.body_bytes, "a body has a bounded length");
  const auto target = read_target(request.target);
  if (target.problem.empty()) {
    check_route(request, target);
  }
  static Access access{WebSettings{.users = {}}, true};
  const auto caller = access.caller(request, peer, {});
  require(!caller.role || *caller.role == Role::Viewer, "nobody acts without having logged in");
  if (const auto refusal = refusal_of_host(request, peer, {"lab"})) {
    require_header(header_text(*refusal, 0, AfterAnswer::Close));
  }
  const bool cookie_alone = request.field("origin").empty() && !request.field("cookie").empty();
  require(!cookie_alone || refusal_of_origin(request, peer), "cookies alone change nothing");
  Response response;
  response.fields["X-Sent"] = request.field("cookie");
  response.fields["Set-Cookie"] = cookie_text(request, peer, "token", std::chrono::seconds{1});
  require_header(header_text(response, std::nullopt, AfterAnswer::KeepOpen));
}

/// A stream of events stays one, whatever an event says.
void check_event(std::string_view input) {
  const StreamEvent event{.name = std::string{input.substr(0, 20)},
                          .id = std::string{input.substr(input.size() / 2, 10)},
                          .data = std::make_shared<const std::string>(input)};
  const auto text = *event_text(event);
  require(text.ends_with("\n\n"), "an event ends with an empty line");
  require(text.find("\n\n") == text.size() - 2, "nothing ends an event early");
  run_named_in(std::string{input});
}

}  // namespace

void web(std::string_view input) {
  const auto whole = read_all(input, std::max<std::size_t>(input.size(), 1));
  require_same(complete_ones(whole), complete_ones(read_all(input, 1)));
  for (const auto& result : whole) {
    if (result.step == ReadStep::Complete) {
      check_request(result.request);
    } else if (result.step == ReadStep::Refused) {
      const auto response = said(result.status, result.text);
      require_header(header_text(response, response.body.size(), AfterAnswer::Close));
    }
  }
  check_event(input);
}

}  // namespace fat::fuzz
