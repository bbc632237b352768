// Text between echo and prompt -> values.
#include "devices/iceboot_reply.hpp"

#include <algorithm>
#include <vector>

#include "devices/pmt_data.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr std::string_view kBlank = " \t";

bool is_printable_line(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) {
    return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\r' || byte == '\n';
  });
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = line.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) {
      return words;
    }
    line.remove_prefix(begin);
    words.push_back(line.substr(0, line.find_first_of(kBlank)));
    line.remove_prefix(words.back().size());
  }
}

/// Lines that hold a word, as their words.
std::vector<std::vector<std::string_view>> rows_of(std::string_view text) {
  std::vector<std::vector<std::string_view>> rows;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    if (auto words = words_of(text.substr(0, end)); !words.empty()) {
      rows.push_back(std::move(words));
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 2);
  }
  return rows;
}

}  // namespace

std::optional<long long> parse_stack_number(std::string_view text) {
  constexpr std::string_view depth = "<1> ";
  if (!text.starts_with(depth) || !text.ends_with(' ')) {
    return std::nullopt;
  }
  text.remove_prefix(depth.size());
  return text.empty() ? std::nullopt : parse_integer(text.substr(0, text.size() - 1));
}

std::optional<SlowAdcReading> parse_slow_adc(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() < 5 || words[0] != "channel" || !is_printable_line(text)) {
    return std::nullopt;
  }
  const auto value = parse_number(words[3]);
  return value ? std::optional{SlowAdcReading{.value = *value, .unit = std::string{words[4]}}}
               : std::nullopt;
}

std::optional<std::string> parse_newest_file(std::string_view text) {
  const auto rows = rows_of(text);
  if (rows.size() < 2 || !is_printable_line(text)) {
    return std::nullopt;
  }
  const auto& header = rows.front();
  const auto name = std::ranges::find(header, "Name");
  if (name == header.end() || std::ranges::find(header, "Size") == header.end()) {
    return std::nullopt;
  }
  if (rows.size() == 2) {
    return std::string{};
  }
  const auto& last = rows.back();
  if (last.size() != header.size()) {
    return std::nullopt;
  }
  const auto file = last[static_cast<std::size_t>(name - header.begin())];
  // The name goes back into a command: a quote or a lone line end would end it early.
  return file.find_first_of("\"\r\n") == std::string_view::npos ? std::optional{std::string{file}}
                                                                : std::nullopt;
}

std::optional<double> parse_first_number(std::string_view text) {
  const auto words = words_of(text);
  return words.empty() || !is_one_line(text) ? std::nullopt : parse_number(words.front());
}

bool is_refusal(std::string_view text) {
  const auto holds = [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  };
  return is_printable_line(text) &&
         (text.starts_with("Error:") || holds("ERROR") || holds(": FAIL"));
}

bool is_nothing(std::string_view text) {
  return text.empty();
}

bool is_stack_number(std::string_view text) {
  return parse_stack_number(text).has_value();
}

bool is_one_line(std::string_view text) {
  return !text.empty() && is_printable_line(text) && text.find('\n') == std::string_view::npos;
}

bool is_slow_adc(std::string_view text) {
  return parse_slow_adc(text).has_value();
}

bool is_flash_table(std::string_view text) {
  return parse_newest_file(text).has_value();
}

bool is_waveform_block(std::string_view bytes) {
  return parse_waveform_block(bytes).has_value();
}

bool is_charge_block(std::string_view bytes) {
  return parse_charge_block(bytes).has_value();
}

bool is_first_number(std::string_view text) {
  return parse_first_number(text).has_value();
}

bool is_stream_size(std::string_view bytes) {
  return parse_stream_size(bytes).has_value();
}

bool is_anything(std::string_view /*bytes*/) {
  return true;
}

}  // namespace fat
