// Words such as "5000-5015" or "hub2:5003" -> where the modules of a bench are.
#include "fat/model/module_address.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostAddresses = 1000;
constexpr std::size_t kLongestAddress = 253;  // of a host's name
constexpr int kLastPort = 65535;

struct PortRange {
  int first = 0, last = 0;
};

std::optional<int> parse_port(std::string_view text) {
  const auto number = parse_integer(text);
  return number && *number >= 1 && *number <= kLastPort ? std::optional{static_cast<int>(*number)}
                                                        : std::nullopt;
}

bool is_number_like(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789-") == std::string_view::npos &&
         text.front() != '-';
}

std::optional<PortRange> parse_ports(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_port(text.substr(dash + 1));
  return first && last && *first <= *last ? std::optional{PortRange{*first, *last}} : std::nullopt;
}

/// Appends the addresses of one word; what is wrong with it, or nothing.
std::string read_word(std::string_view word, std::vector<ModuleAddress>& all) {
  const auto shown = plain_text(word, 60);
  if (word.size() > kLongestAddress || shown.find('\xef') != std::string::npos) {
    return fmt::format("'{}' is no address of a module", shown);
  }
  const auto colon = word.rfind(':');
  const bool only_ports = colon == std::string_view::npos && is_number_like(word);
  if (colon == std::string_view::npos && !only_ports) {
    all.push_back({.host = std::string{word}, .port = 0});
    return "";
  }
  const auto host = only_ports ? std::string{"127.0.0.1"} : std::string{word.substr(0, colon)};
  const auto ports = parse_ports(only_ports ? word : word.substr(colon + 1));
  if (!ports || host.empty()) {
    return fmt::format("'{}' is no address of a module; right are 5000, 5000-5015, HOST:5000",
                       shown);
  }
  for (int port = ports->first; port <= ports->last && all.size() <= kMostAddresses; ++port) {
    all.push_back({.host = host, .port = port});
  }
  return "";
}

std::string first_double(std::vector<ModuleAddress> all) {
  std::vector<std::string> texts(all.size());
  std::ranges::transform(all, texts.begin(), [](const auto& one) { return to_text(one); });
  std::ranges::sort(texts);
  const auto twice = std::ranges::adjacent_find(texts);
  return twice == texts.end() ? "" : *twice;
}

}  // namespace

std::string to_text(const ModuleAddress& address) {
  if (address.port == 0) {
    return address.host;
  }
  return address.host == ModuleAddress{}.host ? fmt::format("{}", address.port)
                                              : fmt::format("{}:{}", address.host, address.port);
}

ParsedAddresses parse_module_addresses(std::string_view text) {
  constexpr std::string_view between = ", \t\r\n";
  ParsedAddresses result;
  while (result.problem.empty()) {
    const auto begin = text.find_first_not_of(between);
    if (begin == std::string_view::npos) {
      break;
    }
    text.remove_prefix(begin);
    const auto word = text.substr(0, text.find_first_of(between));
    result.problem = read_word(word, result.addresses);
    text.remove_prefix(word.size());
    if (result.addresses.size() > kMostAddresses) {
      result.problem = fmt::format("more than {} addresses", kMostAddresses);
    }
  }
  if (const auto twice = first_double(result.addresses); !twice.empty() && result.problem.empty()) {
    result.problem = fmt::format("address {} is named twice", twice);
  }
  return result;
}

}  // namespace fat
