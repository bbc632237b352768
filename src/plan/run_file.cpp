// Run JSON and module JSONs -> the modules of a run, or what is wrong with them.
#include "fat/plan/run_file.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/half_done.hpp"
#include "plan/json_outline.hpp"
#include "plan/problem_list.hpp"
#include "plan/raw_text.hpp"
#include "plan/read_file.hpp"

namespace fat {

namespace {

constexpr int kLastPort = 65535;
constexpr std::string_view kMarks = "MasterFAT_", kNone = "?";  // whose entries are kept
constexpr std::size_t kMostModules = 1000;
constexpr std::string_view kDefaultHost = "127.0.0.1";

bool is_record(std::string_view key) {
  return key == "comment" || key == "date" || key == "end_time" || key == "RunTerminated" ||
         key.starts_with("ManualInputTime") || key.starts_with("MasterFAT");
}

std::vector<std::filesystem::path> with_own_folder(std::vector<std::filesystem::path> folders,
                                                   const std::filesystem::path& run_file) {
  folders.push_back(run_file.parent_path());
  return folders;
}

class RunFileReader {
 public:
  RunFileReader(std::filesystem::path file,
                std::string shown_name,
                const std::vector<std::filesystem::path>& folders,
                Marks marks)
      : marks_(marks),
        file_(std::move(file)),
        shown_name_(std::move(shown_name)),
        folders_(with_own_folder(folders, file_)) {}

  RunFile read() {
    const auto [text, problem] = read_file(file_);
    if (!problem.empty()) {
      problems_.error({shown_name_, 0}, problem);
      return finish();
    }
    text_ = text;
    const auto outline = read_json_outline(text_, marks_ == Marks::Read ? kMarks : kNone);
    if (!outline.problem.empty()) {
      problems_.error({shown_name_, outline.line}, outline.problem);
      return finish();
    }
    for (const JsonEntry& entry : outline.entries) {
      take(entry);
    }
    result_.half_done = half_done_of(outline.entries);
    check_links();
    return finish();
  }

 private:
  RunFile finish() {
    result_.problems = problems_.take();
    return std::move(result_);
  }

  void take(const JsonEntry& entry) {
    if (is_record(entry.key) || is_mark_value(entry)) {
      return;
    }
    if (entry.kind == JsonEntry::Kind::Null) {
      problems_.warning(
          line_of(entry.key),
          fmt::format("{} is null: readers of the original stop on it", in_quotes(entry.key)));
    }
    if (entry.kind != JsonEntry::Kind::Text) {
      return;
    }
    if (serials_.size() == kMostModules) {
      problems_.error({shown_name_, 0}, fmt::format("names more than {} modules", kMostModules));
      return;
    }
    if (!serials_.insert(entry.key).second) {
      problems_.error(line_of(entry.key),
                      fmt::format("module {} is named twice", in_quotes(entry.key)));
      return;
    }
    take_module(entry);
  }

  void take_module(const JsonEntry& entry) {
    if (entry.key.empty() || has_control_character(entry.key) || entry.text.empty() ||
        has_control_character(entry.text)) {
      problems_.error(line_of(entry.key),
                      fmt::format("{}: {} cannot be a module and the path of its file",
                                  in_quotes(entry.key),
                                  in_quotes(entry.text)));
      return;
    }
    const auto path = find_in(entry.text, folders_);
    const auto [text, problem] = read_file(path);
    if (problem == kNoSuchFile) {
      problems_.error(line_of(entry.key),
                      fmt::format("module {}: no file {} ({}); every key is taken for a module but "
                                  "comment, date, end_time, RunTerminated, ManualInputTime..., "
                                  "MasterFAT...",
                                  in_quotes(entry.key),
                                  in_quotes(entry.text),
                                  looked_for(entry.text, folders_)));
    } else if (!problem.empty()) {
      problems_.error({path.string(), 0}, problem);
    } else {
      read_module(entry, path, text);
    }
  }

  void read_module(const JsonEntry& entry,
                   const std::filesystem::path& path,
                   const std::string& text) {
    const auto outline = read_json_outline(text, kNone);
    if (!outline.problem.empty()) {
      problems_.error({path.string(), outline.line}, outline.problem);
      return;
    }
    check_serial(entry.key, path, outline.entries);
    result_.modules.push_back(
        {entry.key, entry.text, port_of(path, outline.entries), host_of(path, outline.entries)});
    where_.push_back({path.string(), 0});
  }

  void check_serial(const std::string& serial,
                    const std::filesystem::path& path,
                    const std::vector<JsonEntry>& module) {
    const JsonEntry* found = find_entry(module, "DEggSerialNumber");
    if (found == nullptr || found->text != serial) {
      problems_.warning({path.string(), 0},
                        fmt::format("DEggSerialNumber is {}, but the run JSON calls this module {}",
                                    found == nullptr ? "missing" : in_quotes(found->text),
                                    in_quotes(serial)));
    }
  }

  /// 0 when the module JSON names none.
  int port_of(const std::filesystem::path& path, const std::vector<JsonEntry>& module) {
    const JsonEntry* found = find_entry(module, "Port");
    if (found == nullptr || found->kind == JsonEntry::Kind::Null) {
      return 0;
    }
    auto port = found->kind == JsonEntry::Kind::Integer ? std::optional{found->integer}
                                                        : parse_integer(found->text);
    if (!port || *port < 1 || *port > kLastPort) {
      problems_.error({path.string(), 0},
                      fmt::format("Port is not a number from 1 to {}", kLastPort));
      return 0;
    }
    return static_cast<int>(*port);
  }

  std::string host_of(const std::filesystem::path& path, const std::vector<JsonEntry>& module) {
    const JsonEntry* found = find_entry(module, "Host");
    if (found == nullptr) {
      return std::string{kDefaultHost};
    }
    const bool usable = found->kind == JsonEntry::Kind::Text && !found->text.empty() &&
                        !has_control_character(found->text) &&
                        found->text.find(' ') == std::string::npos;
    if (!usable) {
      problems_.error({path.string(), 0}, "Host is not the name or address of a computer");
      return std::string{kDefaultHost};
    }
    return found->text;
  }

  /// Two modules cannot answer at one address, nor live in one file.
  void check_links() {
    std::map<std::pair<std::string, int>, std::string> links;
    std::map<std::string, std::string> files;
    for (std::size_t i = 0; i < result_.modules.size(); ++i) {
      const ModuleEntry& module = result_.modules[i];
      const auto [file, new_file] = files.emplace(where_[i].file, module.serial);
      if (!new_file) {
        problems_.error(line_of(module.serial),
                        fmt::format("module {} has the same file as {}",
                                    in_quotes(module.serial),
                                    in_quotes(file->second)));
      }
      if (module.port == 0 || !new_file) {
        continue;
      }
      const auto [link, new_link] =
          links.emplace(std::pair{module.host, module.port}, module.serial);
      if (!new_link) {
        problems_.error(
            where_[i],
            fmt::format("Port {} is also that of module {}", module.port, in_quotes(link->second)));
      }
    }
  }

  /// Where a top-level key stands, for messages.
  SourceLine line_of(const std::string& key) const {
    const auto at = text_.find('"' + key + '"');
    if (at == std::string::npos) {
      return {shown_name_, 0};
    }
    return {shown_name_,
            1 + static_cast<int>(std::count(
                    text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'))};
  }

  Marks marks_;
  std::filesystem::path file_;
  std::string shown_name_;
  std::vector<std::filesystem::path> folders_;
  std::string text_;
  std::unordered_set<std::string> serials_;
  std::vector<SourceLine> where_;  // of the module JSONs, as result_.modules
  RunFile result_;
  ProblemList problems_;
};

}  // namespace

RunFile load_run_file(const std::filesystem::path& file,
                      const std::string& shown_name,
                      const std::vector<std::filesystem::path>& folders,
                      Marks marks) {
  return RunFileReader{file, shown_name, folders, marks}.read();
}

std::filesystem::path find_module_file(const std::string& path,
                                       const std::vector<std::filesystem::path>& folders,
                                       const std::filesystem::path& run_file) {
  return find_in(path, with_own_folder(folders, run_file));
}

std::optional<std::string> text_in_json_file(const std::filesystem::path& file,
                                             std::string_view key) {
  const auto [text, problem] = read_file(file);
  if (!problem.empty()) {
    return std::nullopt;
  }
  const auto outline = read_json_outline(text, "MasterFAT_");
  const auto* entry = find_entry(outline.entries, key);
  return entry != nullptr && entry->kind == JsonEntry::Kind::Text ? std::optional{entry->text}
                                                                  : std::nullopt;
}

}  // namespace fat
