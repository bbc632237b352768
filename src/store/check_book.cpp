// Checks made by hand before a run -> a file of lines that only grows, and back.
#include "fat/store/check_book.hpp"

#include <string>
#include <string_view>

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "fat/model/whole_number.hpp"
#include "store/durable_file.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kLargestBook = 64ULL * 1024 * 1024;
constexpr std::size_t kLongestLine = std::size_t{128} * 1024;

std::string line_of_check(int run, const CheckRecord& record) {
  auto files = Json::array();
  for (const auto& [name, sha256, size] : record.attachments) {
    files.push_back({{"name", name}, {"sha256", sha256}, {"size", size}});
  }
  const Json json{{"run", run},
                  {"check", record.check},
                  {"good", record.good},
                  {"by_person", record.by_person},
                  {"who", record.who},
                  {"at_us", record.at.time_since_epoch().count()},
                  {"note", record.note},
                  {"attachments", std::move(files)}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool flag_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::vector<LogAttachment> attachments_in(const Json& json) {
  std::vector<LogAttachment> files;
  const auto found = json.find("attachments");
  if (found == json.end() || !found->is_array()) {
    return files;
  }
  for (const auto& one : *found) {
    const auto size = one.is_object() && one.contains("size")
                          ? whole_number<std::int64_t>(one["size"])
                          : std::nullopt;
    if (size) {
      files.push_back({text_in(one, "name"), text_in(one, "sha256"), *size});
    }
  }
  return files;
}

/// Appends what the line says about that run.
void read_check(std::string_view line, int run, std::vector<CheckRecord>& records) {
  const auto json =
      line.size() > kLongestLine ? Json{} : Json::parse(line.begin(), line.end(), nullptr, false);
  if (!json.is_object() || !json.contains("run") || !json.contains("at_us") ||
      whole_number<int>(json["run"]) != run) {
    return;
  }
  CheckRecord record{.check = text_in(json, "check"),
                     .good = flag_in(json, "good"),
                     .by_person = flag_in(json, "by_person"),
                     .who = text_in(json, "who"),
                     .at = {},
                     .note = text_in(json, "note"),
                     .attachments = attachments_in(json)};
  const auto at = whole_number<std::int64_t>(json["at_us"]);
  if (at && !record.check.empty()) {
    record.at = WallTime{Microseconds{*at}};
    records.push_back(std::move(record));
  }
}

}  // namespace

void CheckBook::add(int run, const CheckRecord& record) {
  const bool is_new = !std::filesystem::exists(file_);
  const auto descriptor = store::open_file(file_, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0660);
  // One write for a whole line, with a line end before it too: a torn one damages no other.
  store::write_all(descriptor, "\n" + line_of_check(run, record) + "\n", file_);
  store::sync_file(file_);
  if (is_new) {
    store::sync_folder(file_.parent_path());
  }
}

std::vector<CheckRecord> CheckBook::of_run(int run) const {
  std::vector<CheckRecord> records;
  if (!std::filesystem::exists(file_)) {
    return records;
  }
  const auto text = store::read_whole(file_, kLargestBook);
  std::string_view rest{text};
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    read_check(rest.substr(0, end), run, records);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return records;
}

}  // namespace fat
