// A CSV file -> what it says about modules, or everything that is wrong with it.
#include "fat/plan/module_list.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/csv_line.hpp"
#include "plan/problem_list.hpp"
#include "plan/raw_text.hpp"
#include "plan/read_file.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostRows = 100'000;
constexpr std::string_view kAddressColumn = "Address";
constexpr std::string_view kHostColumn = "Host";
constexpr std::string_view kPortColumn = "Port";
/// What tells one module from another.
constexpr std::array<std::string_view, 3> kIdentities{
    "DEggSerialNumber", "MainboardNumber", "ICMID"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kShortNames{
    {{"serial", "DEggSerialNumber"},
     {"upperpmt", "UpperPmt.SerialNumber"},
     {"lowerpmt", "LowerPmt.SerialNumber"}}};

std::vector<std::string> column_names() {
  std::vector<std::string> names{std::string{kAddressColumn}, std::string{kHostColumn}};
  for (const ModuleField& field : module_fields()) {
    names.emplace_back(field.name);
  }
  return names;
}

/// As the table writes it; nullopt when there is no such column.
std::optional<std::string> column_of(std::string_view written) {
  const auto wanted = lower_case(written);
  for (const auto& [name, field] : kShortNames) {
    if (wanted == name) {
      return std::string{field};
    }
  }
  const auto names = column_names();
  const auto found = std::ranges::find_if(
      names, [&](const std::string& name) { return lower_case(name) == wanted; });
  return found == names.end() ? std::nullopt : std::optional{*found};
}

std::string_view wanted_instead(std::string_view column, const std::string& value) {
  const auto fields = module_fields();
  const auto field = std::ranges::find(fields, column, &ModuleField::name);
  if (field == fields.end() || field->kind == FieldKind::Text) {
    return has_control_character(value) ? "text of one line" : "";
  }
  if (field->kind == FieldKind::Integer) {
    const auto number = parse_integer(value);
    return number && std::in_range<int>(*number) ? "" : "a whole number";
  }
  return parse_number(value) ? "" : "a number";
}

class ListReader {
 public:
  ListReader(std::string_view text, const std::string& name) : text_(text) { list_.name = name; }

  ModuleList read() {
    if (text_.starts_with("\xef\xbb\xbf")) {  // as spreadsheets write it
      text_.remove_prefix(3);
    }
    while (!text_.empty() && list_.rows.size() <= kMostRows) {
      ++line_;
      const auto end = std::min(text_.find('\n'), text_.size());
      take_line(trimmed(text_.substr(0, end)));
      text_.remove_prefix(std::min(end + 1, text_.size()));
    }
    if (list_.rows.size() > kMostRows) {
      problems_.error({list_.name, line_}, fmt::format("more than {} modules", kMostRows));
    }
    if (!has_header_) {
      problems_.error({list_.name, 0}, "is empty: its first line names the columns");
    }
    for (const auto identity : kIdentities) {
      check_twice(identity);
    }
    list_.problems = problems_.take();
    return std::move(list_);
  }

 private:
  void take_line(std::string_view line) {
    if (line.empty() || line.front() == '#') {
      return;
    }
    if (!has_header_) {
      separator_ =
          line.find(',') == std::string_view::npos && line.find(';') != std::string_view::npos
              ? ';'
              : ',';
    }
    const auto cells = split_csv_line(line, separator_);
    if (!cells) {
      problems_.error({list_.name, line_}, "a \" quote is not closed");
    } else if (!has_header_) {
      take_header(*cells);
    } else {
      take_row(*cells);
    }
  }

  void take_header(const std::vector<std::string>& cells) {
    has_header_ = true;
    for (const std::string& cell : cells) {
      const auto column = column_of(cell);
      if (!column) {
        problems_.error({list_.name, line_},
                        fmt::format("no column {} is known{}",
                                    in_quotes(cell),
                                    problems_.suggest(cell, column_names())));
      } else if (std::ranges::find(columns_, *column) != columns_.end()) {
        problems_.error({list_.name, line_}, fmt::format("column {} stands there twice", *column));
      }
      columns_.push_back(column.value_or(""));
    }
  }

  void take_row(const std::vector<std::string>& cells) {
    if (cells.size() > columns_.size()) {
      problems_.error(
          {list_.name, line_},
          fmt::format("has {} cells, but there are {} columns", cells.size(), columns_.size()));
      return;
    }
    ModuleRow row;
    row.line = line_;
    std::string address;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      take_cell(columns_[i], cells[i], row, address);
    }
    take_address(row, address);
    list_.rows.push_back(std::move(row));
  }

  void take_cell(const std::string& column,
                 const std::string& cell,
                 ModuleRow& row,
                 std::string& address) {
    if (cell.empty() || column.empty()) {
      return;
    }
    if (column == kAddressColumn) {
      address = cell;
    } else if (const auto wanted = wanted_instead(column, cell); !wanted.empty()) {
      problems_.error({list_.name, line_},
                      fmt::format("{} {} is not {}", column, in_quotes(cell), wanted));
    } else {
      row.values[column] = cell;
    }
  }

  void take_address(ModuleRow& row, std::string address) {
    const auto host = value_of(row.values, kHostColumn);
    const auto port = value_of(row.values, kPortColumn);
    if (address.empty()) {
      address = host.empty() || port.empty() ? host + port : fmt::format("{}:{}", host, port);
    }
    row.values.erase(std::string{kHostColumn});
    row.values.erase(std::string{kPortColumn});
    if (address.empty()) {
      return;
    }
    const auto parsed = parse_module_addresses(address);
    if (!parsed.problem.empty() || parsed.addresses.size() != 1) {
      problems_.error({list_.name, line_},
                      parsed.problem.empty()
                          ? fmt::format("{} is more than one address", in_quotes(address))
                          : parsed.problem);
      return;
    }
    row.address = parsed.addresses.front();
    row.has_address = true;
  }

  void check_twice(std::string_view identity) {
    std::map<std::string, int> lines;
    for (const ModuleRow& row : list_.rows) {
      const auto value = value_of(row.values, identity);
      const auto [first, is_new] = lines.emplace(value, row.line);
      if (!is_new && !value.empty()) {
        problems_.error(
            {list_.name, row.line},
            fmt::format(
                "{} {} stands already in line {}", identity, in_quotes(value), first->second));
      }
    }
  }

  std::string_view text_;
  int line_ = 0;
  bool has_header_ = false;
  char separator_ = ',';
  std::vector<std::string> columns_;  // "" for one that is not known
  ModuleList list_;
  ProblemList problems_;
};

}  // namespace

ModuleList parse_module_list(std::string_view text, const std::string& shown_name) {
  return ListReader{text, shown_name}.read();
}

ModuleList read_module_list(const std::filesystem::path& file, const std::string& shown_name) {
  const auto [text, problem] = read_file(file);
  if (problem.empty()) {
    return parse_module_list(text, shown_name);
  }
  ModuleList list;
  list.name = shown_name;
  list.problems.push_back({Severity::Error, {shown_name, 0}, problem});
  return list;
}

}  // namespace fat
