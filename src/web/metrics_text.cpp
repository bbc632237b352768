#include "fat/web/metrics_text.hpp"

#include <cmath>
#include <set>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kUnshowable = "\xef\xbf\xbd";  // U+FFFD

std::string_view type_word(MetricKind kind) {
  switch (kind) {
    case MetricKind::Gauge:
      return "gauge";
    case MetricKind::Counter:
      return "counter";
  }
  return "untyped";
}

enum class MetricPlace { Help, Label };

std::string safe_metric_text(std::string_view text, MetricPlace place) {
  std::string safe;
  for (const char letter : valid_utf8(text)) {
    if (letter == '\n') {
      safe += "\\n";
    } else if (letter == '\\') {
      safe += "\\\\";
    } else if (letter == '"' && place == MetricPlace::Label) {
      safe += "\\\"";
    } else if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) {
      safe += kUnshowable;
    } else {
      safe += letter;
    }
  }
  return safe;
}

/// `{channel="air",instrument="sensor"}`, or nothing.
std::string label_text(const MetricLabels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!value.empty()) {
      text += fmt::format("{}{}=\"{}\"",
                          text.empty() ? "{" : ",",
                          name,
                          safe_metric_text(value, MetricPlace::Label));
    }
  }
  return text.empty() ? text : text + "}";
}

std::string family_text(const MetricFamily& family) {
  std::string samples;
  std::set<std::string> seen;
  for (const auto& sample : family.samples) {
    auto labels = label_text(sample.labels);
    if (!std::isfinite(sample.value)) {
      continue;
    }
    if (const auto [added, is_new] = seen.insert(std::move(labels)); is_new) {
      samples += fmt::format("{}{} {}\n", family.name, *added, sample.value);
    }
  }
  return samples.empty() ? samples
                         : fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{3}",
                                       family.name,
                                       safe_metric_text(family.help, MetricPlace::Help),
                                       type_word(family.kind),
                                       samples);
}

}  // namespace

std::string metrics_text(const std::vector<MetricFamily>& families) {
  std::string text;
  for (const auto& family : families) {
    text += family_text(family);
  }
  return text;
}

}  // namespace fat
