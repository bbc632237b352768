// What PSI ELOG asks for and answers, as text. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fat {

/// As ELOG wants a password: crypt(3) with SHA-256 and no salt, without the "$5$$". Empty when this
/// machine cannot do that. As secret as the password.
std::string elog_password(const std::string& password);

/// UTF-8 -> ISO-8859-1; what that has not becomes '?', but for dashes, quotes and arrows.
std::string to_latin1(std::string_view text);

/// 123 of "http://elog/FAT/123"; nullopt of "http://elog/FAT/".
std::optional<int> id_in_location(std::string_view location);

/// Entries that a page of results links to, each once, in its order.
std::vector<int> ids_in_page(std::string_view page);

/// What stands in its class="errormsg"; empty when nothing does. Plain, shortened.
std::string error_in_page(std::string_view page);

/// An entry as `cmd=download` gives it; bytes as they came.
struct ElogEntry {
  std::vector<std::pair<std::string, std::string>> attributes;  ///< without ELOG's own
  std::vector<std::string> attachments;                         ///< names in its folder
  std::string encoding, text;
};

/// nullopt when that is no entry.
std::optional<ElogEntry> elog_entry_of(std::string_view download);

}  // namespace fat
