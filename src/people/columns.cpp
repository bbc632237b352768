// Width of text on a terminal, by the C library's table in its built-in UTF-8 locale, whatever LANG
// says.
#include "people/columns.hpp"

#include <algorithm>
#include <clocale>
#include <cwchar>

#include "people/utf8.hpp"

namespace fat {
namespace {

constexpr std::string_view kDots = "...";

/// This thread's locale for as long as it lives: wcwidth() knows only ASCII in the "C" locale.
class Utf8Locale {
 public:
  Utf8Locale() : before_(uselocale(table())) {}

  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

  ~Utf8Locale() { uselocale(before_); }

 private:
  /// Null when the C library has no such locale: then nothing is switched.
  static locale_t table() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;
  }

  locale_t before_;
};

int width_of(char32_t value) {
  if (value < 0x80) {
    return 1;
  }
  const Utf8Locale utf8;
  return std::max(0, wcwidth(static_cast<wchar_t>(value)));
}

/// Bytes of the longest beginning of `text` that takes at most `width` columns.
std::size_t bytes_within(std::string_view text, int width) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const CodePoint point = decode_utf8(text.substr(bytes));
    width -= width_of(point.value);
    if (width < 0) {
      break;
    }
    bytes += point.size;
  }
  return bytes;
}

}  // namespace

int columns(std::string_view text) {
  int sum = 0;
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    text.remove_prefix(point.size);
    sum += width_of(point.value);
  }
  return sum;
}

std::string fit(std::string_view text, int width) {
  width = std::max(width, 0);
  const std::size_t all = bytes_within(text, width);
  if (all == text.size()) {
    return std::string{text};
  }
  const auto dots = kDots.substr(0, static_cast<std::size_t>(std::min(width, 3)));
  const int room = width - static_cast<int>(dots.size());
  return std::string{text.substr(0, bytes_within(text, room))}.append(dots);
}

std::string fit_end(std::string_view text, int width) {
  width = std::max(width, 0);
  int over = columns(text) - width;
  if (over <= 0) {
    return std::string{text};
  }
  const auto dots = kDots.substr(0, static_cast<std::size_t>(std::min(width, 3)));
  over += static_cast<int>(dots.size());
  while (over > 0 && !text.empty()) {
    const CodePoint point = decode_utf8(text);
    over -= width_of(point.value);
    text.remove_prefix(point.size);
  }
  return std::string{dots}.append(text);
}

std::string padded(std::string_view text, int width) {
  std::string cell = fit(text, width);
  cell.append(static_cast<std::size_t>(std::max(0, width - columns(cell))), ' ');
  return cell;
}

std::vector<std::string> wrapped(std::string_view text, int width, std::size_t lines) {
  std::vector<std::string> result;
  width = std::max(width, 1);
  while (!text.empty() && result.size() + 1 < lines) {
    std::size_t end = bytes_within(text, width);
    if (end < text.size()) {
      const std::size_t blank = text.rfind(' ', end);
      end = blank == std::string_view::npos || blank == 0 ? end : blank;
    }
    end = std::max<std::size_t>(end, decode_utf8(text).size);
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  }
  if (!text.empty() && lines > 0) {
    result.push_back(fit(text, width));
  }
  return result;
}

}  // namespace fat
