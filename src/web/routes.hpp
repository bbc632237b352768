// The requests this server knows, as one table; method and address -> the row. The OpenAPI document
// is made of the same table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fat/web/api.hpp"
#include "web/target.hpp"

namespace fat {

inline constexpr std::string_view kApiRoot = "/api/v1";

/// What the server answers without an ApiSource.
enum class OwnRoute { Me, LogIn, LogOut, Listen, OpenApi };

struct QueryKey {
  std::string_view name;
  std::string_view meaning;
};

struct Route {
  std::string_view method;  ///< GET (and HEAD), POST, DELETE
  /// Below `root`. {run}: a number or "newest"; {list}: of steps; {index}, {attempt}: numbers;
  /// {name}: the rest, with slashes.
  std::string_view pattern;
  std::variant<ApiRoute, OwnRoute> what;
  std::optional<Role> needs;  ///< nullopt: nobody is asked who they are
  std::string_view summary;
  std::span<const QueryKey> query;
  std::string_view type = "application/json";  ///< of what is answered
  std::string_view body;                       ///< members of the JSON object that is sent
  std::string_view root = kApiRoot;            ///< "/api/v1", or nothing
};

std::span<const Route> routes();

/// "/api/v1/runs/{run}".
std::string path_of(const Route& route);

struct RouteFound {
  const Route* route = nullptr;
  std::vector<std::string> parts;  ///< what stands in the place of braces, in order
  int status = 0;                  ///< without a route: 400, 404, 405
  std::string text;                ///< without a route: why
  std::string allow;               ///< of 405: "GET, HEAD"
};

/// `target` has no problem.
RouteFound find_route(std::string_view method, const Target& target);

/// "runs", "{run}", ...
std::vector<std::string_view> parts_of(std::string_view pattern);

}  // namespace fat
