#include "people/elog_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <crypt.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestError = 200;
constexpr std::string_view kEndOfHead = "========================================";

/// Of the head of a download, what is no attribute of the logbook.
constexpr std::array<std::string_view, 5> kOwn{
    "$@MID@$", "Date", "Reply to", "In reply to", "Locked by"};

struct Replaced {
  std::string_view letter, by;
};

constexpr std::array kReplaced{Replaced{"\u2013", "-"},
                               Replaced{"\u2014", "-"},
                               Replaced{"\u2018", "'"},
                               Replaced{"\u2019", "'"},
                               Replaced{"\u201c", "\""},
                               Replaced{"\u201d", "\""},
                               Replaced{"\u2026", "..."},
                               Replaced{"\u2192", "->"},
                               Replaced{"\u2264", "<="},
                               Replaced{"\u2265", ">="},
                               Replaced{"\u03bc", "\u00b5"}};

std::size_t length_of_letter(unsigned char first) {
  if (first < 0x80U) {
    return 1;
  }
  if (first < 0xe0U) {
    return 2;
  }
  return first < 0xf0U ? 3 : 4;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    if (end > 0) {
      names.emplace_back(list.substr(0, end));
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return names;
}

void take_head_line(std::string_view line, ElogEntry& entry) {
  const auto colon = line.find(": ");
  if (colon == std::string_view::npos) {
    return;
  }
  const auto name = line.substr(0, colon);
  const auto value = line.substr(colon + 2);
  if (name == "Encoding") {
    entry.encoding = value;
  } else if (name == "Attachment") {
    entry.attachments = names_in(value);
  } else if (std::ranges::find(kOwn, name) == kOwn.end()) {
    entry.attributes.emplace_back(name, value);
  }
}

}  // namespace

std::string elog_password(const std::string& password) {
  const std::string lead = "$5$$";
  crypt_data work{};
  const char* const hash = crypt_r(password.c_str(), lead.c_str(), &work);
  const std::string text = hash == nullptr ? "" : hash;
  return text.starts_with(lead) ? text.substr(lead.size()) : "";
}

std::string to_latin1(std::string_view text) {
  const auto valid = valid_utf8(text);
  std::string latin;
  for (std::size_t at = 0; at < valid.size();) {
    const auto first = static_cast<unsigned char>(valid[at]);
    const auto length = length_of_letter(first);
    auto letter = std::string_view{valid}.substr(at, length);
    const auto* const replaced = std::ranges::find(kReplaced, letter, &Replaced::letter);
    letter = replaced == kReplaced.end() ? letter : replaced->by;
    const auto lead = static_cast<unsigned char>(letter.front());
    if (lead < 0x80U) {
      latin += letter;
    } else if (lead == 0xc2U || lead == 0xc3U) {  // U+0080 to U+00FF
      const auto low = static_cast<unsigned char>(letter[1]) & 0x3fU;
      latin += static_cast<char>(static_cast<unsigned char>(((lead & 0x03U) << 6U) | low));
    } else {
      latin += '?';
    }
    at += length;
  }
  return latin;
}

std::optional<int> id_in_location(std::string_view location) {
  location = location.substr(0, location.find_first_of("?#"));
  const auto id = location.substr(location.rfind('/') + 1);
  const bool digits = !id.empty() && id.size() <= 9 && std::ranges::all_of(id, is_digit);
  const auto number = digits ? parse_integer(std::string{id}) : std::nullopt;
  return number && *number > 0 ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

std::vector<int> ids_in_page(std::string_view page) {
  constexpr std::string_view link = "href=\"";
  std::vector<int> ids;
  for (auto at = page.find(link); at != std::string_view::npos; at = page.find(link, at)) {
    at += link.size();
    const auto id = id_in_location(page.substr(at, page.find('"', at) - at));
    if (id && std::ranges::find(ids, *id) == ids.end()) {
      ids.push_back(*id);
    }
  }
  return ids;
}

std::string error_in_page(std::string_view page) {
  const auto begin = page.find("class=\"errormsg\"");
  if (begin == std::string_view::npos) {
    return "";
  }
  std::string words;
  bool tag = true;  // within the one whose class it is
  for (const char letter : page.substr(begin, 4 * kLongestError)) {
    if (letter == '<' && !words.empty() && words.find_first_not_of(" \r\n") != std::string::npos) {
      break;
    }
    tag = letter == '<' || (tag && letter != '>');
    words += tag || letter == '>' ? "" : std::string{letter};
  }
  auto said = plain_text(words, kLongestError);
  said.erase(said.find_last_not_of(' ') + 1);
  return said;
}

std::optional<ElogEntry> elog_entry_of(std::string_view download) {
  ElogEntry entry;
  bool is_one = false;
  while (!download.empty()) {
    const auto end = std::min(download.find('\n'), download.size());
    auto line = download.substr(0, end);
    download.remove_prefix(std::min(end + 1, download.size()));
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    if (line == kEndOfHead) {
      entry.text = download;
      return is_one ? std::optional{std::move(entry)} : std::nullopt;
    }
    is_one = is_one || line.starts_with("$@MID@$: ");
    take_head_line(line, entry);
  }
  return std::nullopt;
}

}  // namespace fat
