// Bytes as a run JSON -> the modules it names, what an original left half done, and its next
// version with our view in it.
#include <algorithm>

#include "fat/plan/run_file.hpp"
#include "fat/store/master_view.hpp"
#include "fuzz/scratch_folder.hpp"
#include "fuzz/targets.hpp"
#include "store/json_members.hpp"
#include "store/run_view.hpp"

namespace fat::fuzz {

namespace {

constexpr WallTime kToday{std::chrono::hours{494'000}};

RunSummary sample_summary(const std::string& master_key) {
  RunSummary summary;
  summary.run = 12;
  summary.run_file = "/station/runs/run/run_00012.json";
  summary.archived_schedule = "/station/runs/run_00012/cold.ini";
  summary.status = RunStatus::Completed;
  summary.started = kToday;
  summary.ended = kToday + std::chrono::hours{1};
  summary.master_key = master_key;
  summary.manual_inputs = {kToday + std::chrono::minutes{1}, kToday + std::chrono::minutes{2}};
  summary.terminated = "no \"reason\"\n";
  summary.steps.resize(2);
  summary.steps[0].title = "gain";
  summary.steps[0].outcome = Outcome::Done;
  summary.steps[1].index = 1;
  summary.steps[1].title = "dark \xE2\x82\xAC rate";
  return summary;
}

bool is_ours(const store::JsonMember& member, const std::string& master_key) {
  return member.name == master_key || member.name == "RunTerminated" ||
         member.name.find("ManualInputTime") != std::string::npos;
}

/// What other people wrote is there afterwards, byte for byte and in its order.
void require_kept(const std::vector<store::JsonMember>& before,
                  const std::vector<store::JsonMember>& after,
                  const std::string& master_key) {
  std::vector<store::JsonMember> kept, found;
  const auto is_theirs = [&](const auto& member) { return !is_ours(member, master_key); };
  std::ranges::copy_if(before, std::back_inserter(kept), is_theirs);
  std::ranges::copy_if(after, std::back_inserter(found), is_theirs);
  require(kept == found, "what others wrote is kept");
}

void rewrite(std::string_view input, const std::string& master_key) {
  const auto members = store::split_json_object(input);
  if (!members) {
    return;
  }
  const auto again = store::split_json_object(store::join_json_object(*members, 0));
  require(again && *again == *members, "members written and read again are the same");
  const auto summary = sample_summary(master_key);
  const auto merged = store::merge_run_view(*members, summary, "0.1.0", kToday);
  require_kept(*members, merged, master_key);
  const auto text = store::join_json_object(merged, 0);
  const auto read = store::split_json_object(text);
  require(read.has_value(), "what we write is a whole JSON object");
  const auto twice = store::merge_run_view(*read, summary, "0.1.0", kToday);
  require(store::join_json_object(twice, 0) == text, "merging twice changes nothing");
}

/// The key our own view gets, as at the start of a run.
std::string master_key_for(const std::filesystem::path& file) {
  try {
    const auto newest = newest_master(file);
    require(!newest || newest->key.starts_with("MasterFAT_"), "a view has its name");
    return next_master_key(file);
  } catch (const std::runtime_error&) {  // refused in words
    return "MasterFAT_00";
  }
}

}  // namespace

void run_json(std::string_view input) {
  static const ScratchFolder folder;
  static const auto module =
      folder.write("run_00012/D1.json", R"({"DEggSerialNumber": "D1", "Port": 5000})");
  const auto file = folder.write("run_00012.json", input);
  const auto run = load_run_file(file, "run_00012.json", {folder.path()});
  require_sound(run.problems, input);
  for (const ModuleEntry& entry : run.modules) {
    require(!entry.serial.empty() && !entry.host.empty(), "a module has a name and a host");
    require(entry.port >= 0 && entry.port <= 65535, "a port is a port");
  }
  const auto half_done = find_half_done(input);
  require(has_errors(run.problems) || half_done.has_value() == run.half_done.has_value(),
          "what is half done is told in one way");
  rewrite(input, master_key_for(file));
}

}  // namespace fat::fuzz
