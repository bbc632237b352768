// Any text -> text that is safe within XML and HTML, in elements and attributes.
#pragma once

#include <string>
#include <string_view>

namespace fat {

/// `<`, `>`, `&` and both quotes as entities; the rest stays (plain_text for what comes from
/// strangers).
std::string xml_text(std::string_view text);

}  // namespace fat
