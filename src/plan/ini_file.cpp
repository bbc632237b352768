// Text of an ini file -> sections: the rules of configparser, line by line.
#include "fat/plan/ini_file.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "plan/interpolation.hpp"
#include "plan/problem_list.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 20U;
constexpr std::size_t kMaxSections = 200'000;
constexpr std::size_t kMaxKeys = 1'000'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Takes the lines one after another; the rules are those of configparser's reader.
class IniReader {
 public:
  explicit IniReader(std::string name) : name_(std::move(name)) {}

  /// False when the file holds too much to go on.
  bool take_line(std::string_view line) {
    ++line_;
    const auto text = trimmed(line);
    if (text.starts_with('#') || text.starts_with(';')) {
      return true;
    }
    if (text.empty()) {
      if (value_ != nullptr) {
        *value_ += '\n';
      }
      return true;
    }
    const auto indent = indent_of(line);
    if (value_ != nullptr && indent > indent_) {
      *value_ += '\n';
      *value_ += text;
      return true;
    }
    indent_ = indent;
    take_header_or_option(text);
    return within_limits();
  }

  IniFile finish() {
    close_section();
    for (IniSection& section : sections_) {
      cut_ends(section.keys);
    }
    cut_ends(defaults_.keys);
    report_empty_sections();
    apply_defaults_and_interpolate(sections_, defaults_.keys, name_, problems_);
    return {name_, std::move(sections_), problems_.take()};
  }

  void error(int line, std::string message) { problems_.error({name_, line}, std::move(message)); }

  int line() const { return line_; }

 private:
  void take_header_or_option(std::string_view text) {
    const auto end = text.starts_with('[') ? text.rfind(']') : 0;
    if (end != std::string_view::npos && end > 1) {
      open_section(text.substr(1, end - 1), text.substr(end + 1));
    } else if (!open_) {
      report_text_before_sections();
    } else {
      take_option(text);
    }
  }

  void open_section(std::string_view name, std::string_view rest) {
    if (!rest.empty()) {
      problems_.warning({name_, line_},
                        fmt::format("{} after [{}] is ignored; a comment needs its own line",
                                    in_quotes(rest),
                                    shortened(name)));
    }
    close_section();
    open_ = true;
    current_ = IniSection{std::string{name}, line_, {}};
    if (name == "DEFAULT") {
      return;
    }
    const auto [known, is_new] = section_lines_.emplace(name, line_);
    discard_ = !is_new;
    if (discard_) {
      error(line_,
            fmt::format("[{}] stands already in line {}; every section needs its own name",
                        shortened(name),
                        known->second));
    }
  }

  /// Stores what was read of the current section.
  void close_section() {
    value_ = nullptr;
    if (!open_) {
      return;
    }
    if (current_.name == "DEFAULT") {
      std::ranges::move(current_.keys, std::back_inserter(defaults_.keys));
    } else {
      key_lines_.clear();
      if (!discard_) {
        sections_.push_back(std::move(current_));
      }
    }
    discard_ = false;
    open_ = false;
  }

  void take_option(std::string_view text) {
    const auto delimiter = text.find_first_of("=:");
    if (delimiter == std::string_view::npos) {
      error(line_,
            fmt::format("{} is neither 'key = value' nor a [section]; indent it to continue the "
                        "value above",
                        in_quotes(text)));
      return;
    }
    std::string written{trimmed_end(text.substr(0, delimiter))};
    auto key = lower_case(written);
    if (key.empty()) {
      error(line_, fmt::format("no key before '{}'", text[delimiter]));
      value_ = nullptr;
      return;
    }
    auto& lines = current_.name == "DEFAULT" ? default_lines_ : key_lines_;
    const auto [known, is_new] = lines.emplace(key, line_);
    if (!is_new) {
      error(line_,
            fmt::format("key {} of [{}] stands already in line {}",
                        in_quotes(key),
                        shortened(current_.name),
                        known->second));
      dropped_.clear();
      value_ = &dropped_;
      return;
    }
    ++keys_;
    current_.keys.push_back({.name = std::move(key),
                             .value = std::string{trimmed(text.substr(delimiter + 1))},
                             .line = line_,
                             .inherited = false,
                             .written = std::move(written)});
    value_ = &current_.keys.back().value;
  }

  void report_text_before_sections() {
    if (!std::exchange(told_of_text_before_, true)) {
      error(line_, "text before the first [section]");
    }
  }

  void report_empty_sections() {
    for (const IniSection& section : sections_) {
      if (section.keys.empty() && defaults_.keys.empty()) {
        error(section.line, fmt::format("[{}] is empty", shortened(section.name)));
      }
    }
  }

  bool within_limits() {
    if (sections_.size() < kMaxSections && keys_ < kMaxKeys) {
      return true;
    }
    error(line_, fmt::format("more than {} sections or {} keys", kMaxSections, kMaxKeys));
    return false;
  }

  static void cut_ends(std::vector<IniKey>& keys) {
    for (IniKey& key : keys) {
      key.value.resize(trimmed_end(key.value).size());
    }
  }

  std::string name_;
  int line_ = 0;
  std::vector<IniSection> sections_;
  IniSection defaults_;
  ProblemList problems_;
  std::unordered_map<std::string, int> section_lines_, key_lines_, default_lines_;
  std::size_t keys_ = 0;

  IniSection current_;
  bool open_ = false;
  bool discard_ = false;          // the current section is a second one of its name
  std::string* value_ = nullptr;  // that a continuation line would lengthen
  std::string dropped_;           // stands for the value of a second key of its name
  std::size_t indent_ = 0;
  bool told_of_text_before_ = false;
};

/// Lines end with \n, \r\n or \r, as Python's text files do.
std::string_view cut_line(std::string_view& text) {
  const auto end = text.find_first_of("\r\n");
  const auto line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
    return line;
  }
  const bool two = text.substr(end, 2) == "\r\n";
  text.remove_prefix(end + (two ? 2 : 1));
  return line;
}

int line_at(std::string_view text, std::size_t offset) {
  return 1 +
         static_cast<int>(std::count(text.begin(), text.begin() + std::ptrdiff_t(offset), '\n'));
}

/// What makes the text unfit to be read at all; empty message when it is fit.
Problem unfit(std::string_view text, const std::string& name) {
  if (text.size() > kMaxFile) {
    return {Severity::Error, {name, 0}, "is larger than 64 MiB"};
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return {Severity::Error, {name, 0}, "is UTF-16 text; save it as UTF-8"};
  }
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    return {
        Severity::Error, {name, line_at(text, zero)}, "holds a NUL byte; this is not a text file"};
  }
  if (const auto bad = first_invalid_utf8(text)) {
    return {
        Severity::Error, {name, line_at(text, *bad)}, "is not UTF-8 text here; save it as UTF-8"};
  }
  return {};
}

}  // namespace

IniFile parse_ini(std::string_view text, std::string name) {
  if (Problem problem = unfit(text, name); !problem.message.empty()) {
    return {std::move(name), {}, {std::move(problem)}};
  }
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  IniReader reader{std::move(name)};
  while (!text.empty() && reader.take_line(cut_line(text))) {
  }
  return reader.finish();
}

const IniKey* find_key(const IniSection& section, std::string_view name) {
  const auto found =
      std::ranges::find_if(section.keys, [&](const IniKey& key) { return key.name == name; });
  return found == section.keys.end() ? nullptr : &*found;
}

}  // namespace fat
