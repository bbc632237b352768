#include "cli/new_run_modules.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr std::string_view kSerial = "DEggSerialNumber";
constexpr std::string_view kMainboard = "MainboardNumber";
constexpr std::string_view kIcm = "ICMID";
constexpr std::string_view kFpga = "fpgaVersion";
constexpr std::size_t kLongestId = 100;

const ModuleRow* row_with(const ModuleList& database,
                          std::string_view field,
                          const std::string& id) {
  const auto found = std::ranges::find_if(
      database.rows, [&](const ModuleRow& row) { return value_of(row.values, field) == id; });
  return id.empty() || found == database.rows.end() ? nullptr : &*found;
}

/// The module's row, by what it said about itself.
const ModuleRow* row_of(const ModuleList& database, const ModuleAnswer& answer) {
  const std::array<std::pair<std::string_view, std::string>, 5> ways{
      {{kMainboard, answer.ids.mainboard},
       {kIcm, answer.ids.icm},
       {kSerial, answer.id},
       {kMainboard, answer.id},
       {kIcm, answer.id}}};
  for (const auto& [field, id] : ways) {
    if (const auto* row = row_with(database, field, id)) {
      return row;
    }
  }
  return nullptr;
}

std::string shown_id(const ModuleAnswer& answer) {
  return answer.id.empty() ? fmt::format("mainboard '{}', ICM '{}'",
                                         plain_text(answer.ids.mainboard, kLongestId),
                                         plain_text(answer.ids.icm, kLongestId))
                           : fmt::format("'{}'", plain_text(answer.id, kLongestId));
}

/// One place on the bench.
class Matching {
 public:
  Matching(const AskedModule& asked, const ModuleList& database, std::optional<int> fpga_version)
      : asked_(asked), database_(database), fpga_version_(fpga_version) {}

  RunModule match() {
    module_.address = asked_.address;
    module_.place = to_text(asked_.address);
    const auto* row = asked_.answer ? row_that_answered(*asked_.answer) : asked_.expected;
    if (module_.problem.empty()) {
      module_.values = row == nullptr ? unlisted() : row->values;
      take_answer();
    }
    const auto serial = value_of(module_.values, kSerial);
    if (module_.problem.empty() && serial.empty()) {
      module_.problem = row == nullptr
                            ? "has no row that names its serial"
                            : fmt::format("{}:{} names no {}", database_.name, row->line, kSerial);
    }
    return std::move(module_);
  }

 private:
  const ModuleRow* row_that_answered(const ModuleAnswer& answer) {
    if (!answer.why.empty()) {
      module_.problem = fmt::format("{}; {}", answer.why, answer.what_to_try);
      return nullptr;
    }
    const auto* found = row_of(database_, answer);
    const auto* expected = asked_.expected;
    if (expected == nullptr || value_of(expected->values, kSerial).empty()) {
      return found == nullptr ? unknown(answer) : checked(*found, answer);
    }
    if (found == expected) {
      return checked(*found, answer);
    }
    if (found != nullptr || names_an_id(*expected) || !answer.id.empty()) {
      module_.problem = fmt::format(
          "{} answers there, but line {} of the list says that it is {}; mend the list or the "
          "cabling",
          found == nullptr ? shown_id(answer) : value_of(found->values, kSerial),
          expected->line,
          value_of(expected->values, kSerial));
    }
    return expected;
  }

  /// What a command prints is the serial itself where no database knows better.
  const ModuleRow* unknown(const ModuleAnswer& answer) {
    if (!answer.id.empty() && database_.rows.empty()) {
      return nullptr;
    }
    module_.problem =
        fmt::format("unknown id: {} is not in {}; add its row there",
                    shown_id(answer),
                    database_.name.empty() ? "the database (there is none)" : database_.name);
    return nullptr;
  }

  ModuleValues unlisted() const {
    return asked_.answer
               ? ModuleValues{{std::string{kSerial}, plain_text(asked_.answer->id, kLongestId)}}
               : ModuleValues{};
  }

  const ModuleRow* checked(const ModuleRow& row, const ModuleAnswer& answer) {
    const auto known = value_of(row.values, kIcm);
    if (!known.empty() && !answer.ids.icm.empty() && known != answer.ids.icm) {
      module_.problem = fmt::format(
          "its mainboard is that of {}, whose ICM is {} ({}:{}), but its "
          "ICM says {}; mend that row or find out which is right",
          value_of(row.values, kSerial),
          known,
          database_.name,
          row.line,
          plain_text(answer.ids.icm, kLongestId));
    }
    return &row;
  }

  static bool names_an_id(const ModuleRow& row) {
    return !value_of(row.values, kMainboard).empty() || !value_of(row.values, kIcm).empty();
  }

  void take_answer() {
    const auto own = parse_integer(value_of(module_.values, kFpga));
    const auto should = own ? std::optional{static_cast<int>(*own)} : fpga_version_;
    if (should) {
      module_.values[std::string{kFpga}] = std::to_string(*should);
    }
    if (!asked_.answer) {
      return;
    }
    const auto& answer = *asked_.answer;
    keep(kMainboard, answer.ids.mainboard);
    keep(kIcm, answer.ids.icm);
    if (answer.iceboot_version != 0) {
      module_.values["IcebootVersion"] = std::to_string(answer.iceboot_version);
    }
    if (answer.fpga_version != 0) {
      compare_fpga(answer.fpga_version, should);
    }
  }

  void compare_fpga(int found, std::optional<int> should) {
    const auto shown = found == kFpgaNotConfigured ? std::string{"its FPGA holds no image"}
                                                   : fmt::format("FPGA version {}", found);
    if (!should && found == kFpgaNotConfigured) {
      module_.problem = shown +
                        ", and nobody says which it should be: name fpga_version in [modules] of "
                        "station.ini";
    } else if (!should) {
      module_.values[std::string{kFpga}] = std::to_string(found);
    } else if (found != *should) {
      module_.warning =
          fmt::format("{}, should be {}: setup and status_check load the newest image of its flash",
                      shown,
                      *should);
    }
  }

  /// What the database does not say.
  void keep(std::string_view field, const std::string& value) {
    if (!value.empty() && value_of(module_.values, field).empty()) {
      module_.values[std::string{field}] = plain_text(value, kLongestId);
    }
  }

  const AskedModule& asked_;
  const ModuleList& database_;
  std::optional<int> fpga_version_;
  RunModule module_;
};

}  // namespace

std::vector<RunModule> modules_of_run(const std::vector<AskedModule>& asked,
                                      const ModuleList& database,
                                      std::optional<int> fpga_version) {
  std::vector<RunModule> modules;
  std::map<std::string, std::string> places;
  for (const auto& one : asked) {
    auto module = Matching{one, database, fpga_version}.match();
    const auto serial = value_of(module.values, kSerial);
    const auto [first, is_new] = places.emplace(serial, module.place);
    if (module.problem.empty() && !is_new) {
      module.problem = fmt::format("{} answers at {} too", serial, first->second);
    }
    modules.push_back(std::move(module));
  }
  return modules;
}

}  // namespace fat
