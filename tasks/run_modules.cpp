// Run JSON and module JSONs -> the modules a task is to treat.
#include "run_modules.hpp"

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "fat/model/problem.hpp"

namespace fat {
namespace {

using std::filesystem::path;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxFile = 64U << 20U;
constexpr int kMaxDepth = 32;

bool is_record(const std::string& key) {
  return key == "comment" || key == "date" || key == "end_time" || key == "RunTerminated" ||
         key.starts_with("ManualInputTime") || key.starts_with("MasterFAT");
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
    if (const auto port = json.find("Port"); port != json.end() && port->is_number_integer()) {
      const auto number = port->get<std::int64_t>();
      if (number < 1 || number > 65535) {
        refuse(file, "Port is not a number from 1 to 65535");
      } else {
        module.entry.port = static_cast<int>(number);
      }
    }
    if (const auto host = json.find("Host"); host != json.end() && host->is_string()) {
      module.entry.host = host->get<std::string>();
    }
    if (const auto version = json.find("fpgaVersion");
        version != json.end() && version->is_number_integer()) {
      module.fpga_version = version->get<int>();
    }
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
                                         const std::optional<std::string>& serials) {
  auto places = folders;
  places.push_back(run_file.parent_path());
  const auto kept = serials ? parse(*serials) : Json();
  Reader reader;
  std::vector<TaskModule> modules;
  if (serials && !kept.is_array()) {
    reader.refuse("FATMASTER_MODULES", "is not a JSON list");
  }
  const auto run = reader.read_object(run_file);
  for (const auto& [key, value] : run.items()) {
    const bool wanted = !serials || std::ranges::find(kept, Json(key)) != kept.end();
    if (!is_record(key) && value.is_string() && wanted) {
      const auto written = value.get<std::string>();
      modules.push_back(reader.read_module(key, written, find_file(written, places)));
    }
  }
  reader.finish();
  return modules;
}

}  // namespace fat
