// The header of a request -> whether it may come from the page of this server, or from anywhere but
// a page. Against other sites' pages (their scripts, their forms, names that turn to us). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/request_reader.hpp"
#include "web/response.hpp"
#include "web/wire.hpp"

namespace fat {

/// Without brackets and port: "[::1]:8080" -> "::1". Empty: it is no host.
std::string host_name_of(std::string_view host);

/// "8080"; empty: none is named.
std::string port_of(std::string_view host);

/// The answer to a request whose `Host` is neither loopback, nor the address it came to, nor one of
/// `names`: a name of somebody else's that was made to point here. Any port: tunnels have their
/// own.
std::optional<Response> refusal_of_host(const HttpRequest& request,
                                        const Peer& peer,
                                        const std::vector<std::string>& names);

/// The answer to a request that changes something and is not JSON, or comes from another site's
/// page.
std::optional<Response> refusal_of_origin(const HttpRequest& request, const Peer& peer);

/// The value of a cookie; empty: it was not sent.
std::string cookie_of(const HttpRequest& request, std::string_view name);

}  // namespace fat
