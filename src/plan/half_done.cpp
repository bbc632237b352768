// MasterFAT_NN entries of a run JSON -> which titles are done.
#include "plan/half_done.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "fat/model/quantity.hpp"
#include "fat/plan/run_file.hpp"

namespace fat {

namespace {

constexpr std::string_view kPrefix = "MasterFAT_";

/// "[12] my task": 1 -> its parts.
struct Mark {
  long long index = 0;
  std::string_view title;
  bool done = false;
};

std::optional<Mark> mark_of(const JsonEntry& entry) {
  const std::string_view key = entry.key;
  const auto end = key.find("] ");
  if (!key.starts_with('[') || end == std::string_view::npos || !is_mark_value(entry)) {
    return std::nullopt;
  }
  const auto index = parse_integer(key.substr(1, end - 1));
  if (!index || *index < 0 || end + 2 == key.size()) {
    return std::nullopt;
  }
  return Mark{*index, key.substr(end + 2), entry.integer == 1};
}

std::vector<Mark> marks_of(const JsonEntry& master) {
  std::vector<Mark> marks;
  for (const JsonEntry& entry : master.entries) {
    if (const auto mark = mark_of(entry)) {
      marks.push_back(*mark);
    }
  }
  return marks;
}

/// The original lists "[1] task" for the title "my task" and marks "[1] my task": the first stays
/// -1 for ever.
std::size_t count_open(const std::vector<Mark>& marks) {
  std::set<long long> open, done;
  for (const Mark& mark : marks) {
    (mark.done ? done : open).insert(mark.index);
  }
  return static_cast<std::size_t>(
      std::ranges::count_if(open, [&](long long index) { return !done.contains(index); }));
}

/// What is known of the titles so far; a later entry has the last word on the titles it names.
class Titles {
 public:
  void take(const std::vector<Mark>& marks) {
    std::unordered_map<std::string_view, bool> latest;
    for (const Mark& mark : marks) {
      latest[mark.title] = latest[mark.title] || mark.done;
    }
    for (const Mark& mark : marks) {
      const auto [known, is_new] = done_.emplace(mark.title, false);
      if (is_new) {
        order_.push_back(known->first);
      }
      known->second = latest[mark.title];
    }
  }

  std::vector<std::string> done() const {
    std::vector<std::string> titles;
    for (const auto& title : order_) {
      if (done_.at(title)) {
        titles.push_back(title);
      }
    }
    return titles;
  }

 private:
  std::unordered_map<std::string, bool> done_;
  std::vector<std::string> order_;
};

}  // namespace

bool is_mark_value(const JsonEntry& entry) {
  return entry.kind == JsonEntry::Kind::Integer && entry.integer >= -1 && entry.integer <= 1;
}

std::optional<HalfDone> half_done_of(const std::vector<JsonEntry>& run_json) {
  std::map<long long, const JsonEntry*> masters;
  for (const JsonEntry& entry : run_json) {
    const std::string_view key = entry.key;
    const auto number =
        key.starts_with(kPrefix) ? parse_integer(key.substr(kPrefix.size())) : std::nullopt;
    if (number && *number >= 0 && entry.kind == JsonEntry::Kind::Object) {
      masters[*number] = &entry;
    }
  }
  HalfDone result;
  Titles titles;
  for (const auto& [number, master] : masters) {
    const auto marks = marks_of(*master);
    if (marks.empty()) {
      continue;
    }
    titles.take(marks);
    result.master_key = master->key;
    result.open = count_open(marks);
    result.complete = result.open == 0 && find_entry(master->entries, "end_time") != nullptr;
  }
  if (result.master_key.empty()) {
    return std::nullopt;
  }
  result.done = titles.done();
  return result;
}

std::optional<HalfDone> find_half_done(std::string_view run_json) {
  const auto outline = read_json_outline(run_json, kPrefix);
  return outline.problem.empty() ? half_done_of(outline.entries) : std::nullopt;
}

}  // namespace fat
