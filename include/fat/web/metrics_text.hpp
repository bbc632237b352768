// Families of metrics -> the page that Prometheus reads (its text format, 0.0.4). Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fat {

enum class MetricKind { Gauge, Counter };

/// {"channel", "top_plate"}: a name is ours, a value may be anybody's.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

struct MetricSample {
  MetricLabels labels;
  double value = 0;
};

struct MetricFamily {
  std::string name;  ///< "fatmaster_reading_volts": base units, counters end in "_total"
  std::string help;  ///< one sentence
  MetricKind kind = MetricKind::Gauge;
  std::vector<MetricSample> samples;  ///< none: the family is left out
};

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

/// Each family once, its samples together. In a label's value quotes, backslashes and line breaks
/// are escaped; another control character, and what is no UTF-8, becomes U+FFFD. Left out are
/// labels without a value, what is no finite number, and the second of two samples with the same
/// labels: for one of these Prometheus would refuse the whole page.
std::string metrics_text(const std::vector<MetricFamily>& families);

}  // namespace fat
