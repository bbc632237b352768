// The address of a request -> its parts and its query.
#include "web/target.hpp"

#include <algorithm>
#include <optional>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostParts = 40;
constexpr std::size_t kMostKeys = 16;

enum class Plus { Stays, IsBlank };

int digit_of(char letter) {
  if (letter >= '0' && letter <= '9') {
    return letter - '0';
  }
  if (letter >= 'a' && letter <= 'f') {
    return letter - 'a' + 10;
  }
  return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
}

bool is_control(char letter) {
  return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
}

/// What the two digits that `text` begins with stand for.
std::optional<char> unescaped(std::string_view text) {
  const int high = text.size() > 1 ? digit_of(text[0]) : -1;
  const int low = text.size() > 1 ? digit_of(text[1]) : -1;
  return high < 0 || low < 0 ? std::nullopt : std::optional{static_cast<char>((high * 16) + low)};
}

/// nullopt: an escape is broken, or what comes out is no text.
std::optional<std::string> decoded(std::string_view text, Plus plus) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i] == '+' && plus == Plus::IsBlank ? ' ' : text[i];
      continue;
    }
    const auto letter = unescaped(text.substr(i + 1));
    if (!letter) {
      return std::nullopt;
    }
    plain += *letter;
    i += 2;
  }
  if (std::ranges::any_of(plain, is_control) || valid_utf8(plain) != plain) {
    return std::nullopt;
  }
  return plain;
}

Target wrong(std::string problem) {
  return {.parts = {}, .query = {}, .problem = std::move(problem)};
}

/// What is wrong with it, or nothing.
std::string read_query(std::string_view text, std::map<std::string, std::string>& query) {
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) {
      continue;
    }
    const auto equals = std::min(pair.find('='), pair.size());
    auto key = decoded(pair.substr(0, equals), Plus::IsBlank);
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), Plus::IsBlank);
    if (!key || !value || key->empty()) {
      return "the query of the address is broken";
    }
    if (query.size() >= kMostKeys || !query.emplace(std::move(*key), std::move(*value)).second) {
      return "the query of the address is too long, or has a key twice";
    }
  }
  return {};
}

}  // namespace

bool is_inside(std::string_view name) {
  for (;;) {
    const auto part = name.substr(0, name.find('/'));
    if (part.empty() || part == "." || part == "..") {
      return false;
    }
    if (part.size() == name.size()) {
      return true;
    }
    name.remove_prefix(part.size() + 1);
  }
}

Target read_target(std::string_view text) {
  Target target;
  const auto question = std::min(text.find('?'), text.size());
  auto path = text.substr(0, question);
  if (!path.starts_with('/') || path.find('#') != std::string_view::npos) {
    return wrong("the address of a request begins with '/' and has no '#'");
  }
  path.remove_prefix(1);
  while (!path.empty()) {
    const auto raw = path.substr(0, path.find('/'));
    const bool last = raw.size() == path.size();
    path.remove_prefix(std::min(raw.size() + 1, path.size()));
    auto part = decoded(raw, Plus::Stays);
    if (!part || !is_inside(*part) || target.parts.size() >= kMostParts ||
        (path.empty() && !last)) {
      return wrong("the address has a part that is empty, '.', '..', too much, or no text");
    }
    target.parts.push_back(std::move(*part));
  }
  if (auto problem = read_query(text.substr(std::min(question + 1, text.size())), target.query);
      !problem.empty()) {
    return wrong(std::move(problem));
  }
  return target;
}

}  // namespace fat
