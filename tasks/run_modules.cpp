// Run JSON and module JSONs -> the modules a task is to treat.
#include "run_modules.hpp"

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "fat/model/problem.hpp"
#include "fat/model/whole_number.hpp"
#include "module_json.hpp"

namespace fat {
namespace {

using std::filesystem::path;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxFile = 64U << 20U;
constexpr int kMaxDepth = 32;
constexpr int kFirstPort = 5000;
constexpr int kMostPlaces = 1000;

bool is_record(const std::string& key) {
  return key == "comment" || key == "date" || key == "end_time" || key == "RunTerminated" ||
         key.starts_with("ManualInputTime") || key.starts_with("MasterFAT");
}

std::optional<double> positive(const Json& pmt, const char* key) {
  const auto found = pmt.find(key);
  return found != pmt.end() && found->is_number() && found->get<double>() > 0
             ? std::optional{found->get<double>()}
             : std::nullopt;
}

PmtRecord read_pmt(const Json& module, const char* key) {
  const auto found = module.find(key);
  if (found == module.end() || !found->is_object()) {
    return {};
  }
  PmtRecord record{.serial = {},
                   .nominal_voltage = positive(*found, "HV1e7Gain"),
                   .electron_height = positive(*found, "SPEPeakHeight")};
  if (const auto serial = found->find("SerialNumber");
      serial != found->end() && serial->is_string()) {
    record.serial = serial->get<std::string>();
  }
  return record;
}

std::array<PmtRecord, 2> read_pmts(const Json& module) {
  return {read_pmt(module, kPmtKeys[0]), read_pmt(module, kPmtKeys[1])};
}

/// The original numbers its modules' ports from 5000 (reference 2); other ports say nothing.
int place_of(const TaskModule& module, int position) {
  const int place = module.entry.port - kFirstPort;
  return place >= 0 && place < kMostPlaces ? place : position;
}

Json parse(const std::string& text) {
  const auto shallow = [](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
    return depth <= kMaxDepth;
  };
  return Json::parse(text, shallow, false);
}

class Reader {
 public:
  Json read_object(const path& file) {
    std::ifstream stream{file, std::ios::binary};
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error || !stream || size > kMaxFile) {
      const std::string why = stream ? "is too large" : "cannot be read";
      refuse(file, error ? error.message() : why);
      return Json::object();
    }
    std::string text(size, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(size));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    auto json = parse(text);
    if (!json.is_object()) {
      refuse(file, "is not a JSON object");
      return Json::object();
    }
    return json;
  }

  TaskModule read_module(const std::string& serial, const std::string& written, const path& file) {
    const auto json = read_object(file);
    TaskModule module;
    module.entry = {.serial = serial, .path = written, .port = 0, .host = "127.0.0.1"};
    module.file = file;
    if (const auto port = json.find("Port"); port != json.end() && port->is_number_integer()) {
      const auto number = whole_number<int>(*port).value_or(0);
      if (number < 1 || number > 65535) {
        refuse(file, "Port is not a number from 1 to 65535");
      } else {
        module.entry.port = number;
      }
    }
    if (const auto host = json.find("Host"); host != json.end() && host->is_string()) {
      module.entry.host = host->get<std::string>();
    }
    if (const auto version = json.find("fpgaVersion"); version != json.end()) {
      module.fpga_version = whole_number<int>(*version);
    }
    module.pmts = read_pmts(json);
    return module;
  }

  void refuse(const path& file, std::string why) {
    problems_.push_back({Severity::Error, {file.string(), 0}, std::move(why)});
  }

  void finish() {
    if (!problems_.empty()) {
      throw FileError{std::move(problems_)};
    }
  }

 private:
  std::vector<Problem> problems_;
};

path find_file(const path& written, const std::vector<path>& folders) {
  const auto there = std::ranges::find_if(folders, [&](const path& folder) {
    std::error_code ignored;
    return std::filesystem::exists(folder / written, ignored);
  });
  return there == folders.end() ? written : *there / written;
}

}  // namespace

std::vector<TaskModule> read_run_modules(const path& run_file,
                                         const std::vector<path>& folders,
                                         const std::optional<std::string>& serials,
                                         Quarantined quarantined) {
  auto places = folders;
  places.push_back(run_file.parent_path());
  const auto kept = serials ? parse(*serials) : Json();
  Reader reader;
  std::vector<TaskModule> modules;
  if (serials && !kept.is_array()) {
    reader.refuse("FATMASTER_MODULES", "is not a JSON list");
  }
  const auto run = reader.read_object(run_file);
  int position = 0;
  for (const auto& [key, value] : run.items()) {
    if (is_record(key) || !value.is_string()) {
      continue;
    }
    const int here = position++;
    const bool out = serials && std::ranges::find(kept, Json(key)) == kept.end();
    if (out && quarantined == Quarantined::LeftOut) {
      continue;
    }
    const auto written = value.get<std::string>();
    auto module = reader.read_module(key, written, find_file(written, places));
    module.place = place_of(module, here);
    module.quarantined = out;
    modules.push_back(std::move(module));
  }
  reader.finish();
  return modules;
}

void read_again(std::vector<TaskModule>& modules) {
  Reader reader;
  for (auto& module : modules) {
    module.pmts = read_pmts(reader.read_object(module.file));
  }
  reader.finish();
}

}  // namespace fat
