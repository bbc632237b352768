#include "plan/calibration_text.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"
#include "plan/read_file.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostCoefficients = 20;
constexpr std::size_t kMostPoints = 100'000;
constexpr double kOhmOfPt100 = 100, kOhmOfPt1000 = 1000;

ParsedCalibration checked(Calibration calibration) {
  auto problem = calibration_problem(calibration);
  return {std::move(calibration), std::move(problem)};
}

ParsedCalibration parse_polynomial(const std::string& text) {
  Calibration result{.kind = CalibrationKind::Polynomial};
  for (const auto& item : list_items(text, ", \t\n")) {
    const auto coefficient = parse_number(item);
    if (!coefficient || result.coefficients.size() == kMostCoefficients) {
      return {
          {},
          fmt::format("{} is not one of at most {} coefficients, such as 'polynomial 273.15, 1'",
                      in_quotes(item),
                      kMostCoefficients)};
    }
    result.coefficients.push_back(*coefficient);
  }
  return checked(std::move(result));
}

/// nullopt when the line is no pair of numbers.
std::optional<CalibrationPoint> point_of(const std::string& line) {
  const auto items = list_items(line, ", \t;\r");
  const auto raw = items.size() == 2 ? parse_number(items[0]) : std::nullopt;
  const auto value = raw ? parse_number(items[1]) : std::nullopt;
  return value ? std::optional{CalibrationPoint{*raw, *value}} : std::nullopt;
}

ParsedCalibration read_table(const std::filesystem::path& path) {
  const auto [text, problem] = read_file(path);
  if (!problem.empty()) {
    return {{}, fmt::format("{}: {}", path.string(), problem)};
  }
  Calibration result{.kind = CalibrationKind::Table};
  std::istringstream lines{text};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (trimmed(line).empty() || trimmed(line).front() == '#') {
      continue;
    }
    const auto point = point_of(line);
    if (!point || result.table.size() == kMostPoints) {
      return {{},
              fmt::format("{}:{}: not two numbers with a comma between, or more than {} of them",
                          path.string(),
                          number,
                          kMostPoints)};
    }
    result.table.push_back(*point);
  }
  auto parsed = checked(std::move(result));
  if (!parsed.problem.empty()) {
    parsed.problem = fmt::format("{}: {}", path.string(), parsed.problem);
  }
  return parsed;
}

ParsedCalibration parse_table(const std::string& text, const std::filesystem::path& folder) {
  if (text == "pt100" || text == "pt1000") {
    return {{.kind = CalibrationKind::Table,
             .coefficients = {},
             .table = platinum_table(text == "pt100" ? kOhmOfPt100 : kOhmOfPt1000),
             .formula = {}},
            {}};
  }
  return read_table((folder / text).lexically_normal());
}

}  // namespace

ParsedCalibration parse_calibration(const std::string& text, const std::filesystem::path& folder) {
  const auto space = std::min(text.find_first_of(" \t\n"), text.size());
  const auto word = text.substr(0, space);
  const std::string rest{trimmed(std::string_view{text}.substr(space))};
  if (word == "polynomial") {
    return parse_polynomial(rest);
  }
  if (word == "table" && !rest.empty() && !has_control_character(rest)) {
    return parse_table(rest, folder);
  }
  if (word == "formula") {
    return checked(
        {.kind = CalibrationKind::Formula, .coefficients = {}, .table = {}, .formula = rest});
  }
  return {{},
          fmt::format("{} is none of 'polynomial 273.15, 1', 'table pt100', 'table pt1000', 'table "
                      "FILE', 'formula 2 * x'",
                      in_quotes(text))};
}

}  // namespace fat
