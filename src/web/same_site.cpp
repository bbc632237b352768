// The header of a request -> whether it may come from the page of this server.
#include "web/same_site.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "fat/model/lower_case.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/trimmed.hpp"

namespace fat {

namespace {

constexpr std::array<std::string_view, 3> kLoopback{"localhost", "127.0.0.1", "::1"};

bool same_name(std::string_view one, std::string_view other) {
  return lower_case(one) == lower_case(other);
}

/// Where the port begins, with its colon; the length when there is none.
std::size_t end_of_name(std::string_view host) {
  if (host.starts_with('[')) {
    return std::min(host.find(']'), host.size() - 1) + 1;
  }
  return std::min(host.find(':'), host.size());
}

bool is_json(const std::string& type) {
  const auto word = trimmed_of_blanks(std::string_view{type}.substr(0, type.find(';')));
  return same_name(word, "application/json");
}

}  // namespace

std::string port_of(std::string_view host) {
  const auto end = host.empty() ? 0 : end_of_name(host);
  const auto port = end < host.size() && host[end] == ':' ? host.substr(end + 1) : "";
  const bool digits =
      std::ranges::all_of(port, [](unsigned char letter) { return std::isdigit(letter) != 0; });
  return digits && port.size() <= 5 ? std::string{port} : "";
}

std::string host_name_of(std::string_view host) {
  if (host.empty()) {
    return "";
  }
  const auto end = end_of_name(host);
  if (end < host.size() && port_of(host).empty()) {
    return "";
  }
  auto name = host.substr(0, end);
  if (name.starts_with('[')) {
    name = name.ends_with(']') ? name.substr(1, name.size() - 2) : "";
  }
  return std::string{name};
}

std::optional<Response> refusal_of_host(const HttpRequest& request,
                                        const Peer& peer,
                                        const std::vector<std::string>& names) {
  const auto name = host_name_of(request.field("host"));
  const auto is_it = [&name](std::string_view other) { return same_name(name, other); };
  if (!name.empty() && (std::ranges::any_of(kLoopback, is_it) || is_it(peer.ours) ||
                        std::ranges::any_of(names, is_it))) {
    return std::nullopt;
  }
  return said(
      421,
      fmt::format("this server does not answer to the name '{}'; write the name into `names` "
                  "of [listen] in station.ini if it should",
                  plain_text(name, 100)));
}

std::optional<Response> refusal_of_origin(const HttpRequest& request, const Peer& peer) {
  const auto origin = request.field("origin");
  const auto own = (peer.tls ? "https://" : "http://") + request.field("host");
  const auto site = request.field("sec-fetch-site");
  const bool from_elsewhere = (!origin.empty() && !same_name(origin, own)) ||
                              (!site.empty() && site != "same-origin" && site != "none");
  const bool from_nowhere = origin.empty() && !request.field("cookie").empty();
  if (from_elsewhere || from_nowhere) {
    return said(
        403,
        "what changes something is taken from this server's own page only (Origin), or from "
        "a script with a token (Authorization: Bearer) and without cookies");
  }
  if (!is_json(request.field("content-type"))) {
    return said(415, "what changes something is sent with Content-Type: application/json");
  }
  return std::nullopt;
}

std::string cookie_of(const HttpRequest& request, std::string_view name) {
  const auto all = request.field("cookie");
  std::string_view rest = all;
  while (!rest.empty()) {
    const auto pair = trimmed_of_blanks(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.find(';'), rest.size() - 1) + 1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return std::string{pair.substr(name.size() + 1)};
    }
  }
  return "";
}

}  // namespace fat
