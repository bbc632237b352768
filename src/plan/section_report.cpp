// What is wrong within one section -> sentences that all look alike.
#include "plan/section_report.hpp"

#include <fmt/format.h>

#include "plan/raw_text.hpp"

namespace fat {

void SectionReport::error(std::string_view what) {
  problems_.error({file_, section_.line}, fmt::format("[{}] {}", shortened(section_.name), what));
}

void SectionReport::error(const IniKey& key, std::string_view what) {
  problems_.error(line(key), text(key, what));
}

void SectionReport::warning(const IniKey& key, std::string_view what) {
  problems_.warning(line(key), text(key, what));
}

void SectionReport::wrong(const IniKey& key, std::string_view expected) {
  error(key, fmt::format("{} is not {}", in_quotes(key.value), expected));
}

std::string SectionReport::text(const IniKey& key, std::string_view what) const {
  return fmt::format("{} in [{}]: {}",
                     in_quotes(key.name),
                     key.inherited ? std::string{"DEFAULT"} : shortened(section_.name),
                     what);
}

}  // namespace fat
