// The part of the world in which the scheduler is dead: what becomes of the bench meanwhile, and
// how somebody starts it again.
#include <fmt/format.h>

#include "engine/random_plan.hpp"
#include "engine/random_world.hpp"
#include "fat/engine/unknown_attempts.hpp"

namespace fat {

/// What the processes do while nobody looks.
void RandomWorld::fates(bool power_cut) {
  auto& choices = shell_.choices;
  for (auto& one : shell_.bench.processes) {
    const int fate = choices.below(10);
    if (power_cut) {
      const bool synced = one.exit && fate < 5;
      one.lost = !synced;
      one.exit = synced ? one.exit : std::nullopt;
      if (!synced) {
        shell_.bench.forget_record(one.key);
      }
    } else if (one.lives() && fate > 7) {
      one.lost = true;
    } else if (one.lives() && fate > 5 && !one.unkillable) {
      one.exit = random_exit(one, choices);
      shell_.bench.keep_record(*one.exit);
    }
    if (!one.lives()) {
      shell_.say(fmt::format("The process of '{}' {}.",
                             one.key.title,
                             one.lost ? "is gone" : "ends and leaves its exit record"));
    }
  }
}

SchedulerStarted RandomWorld::random_start(bool power_cut) {
  auto& choices = shell_.choices;
  SchedulerStarted how{.mode = StartMode::Restart};
  how.on_call = {.shifter = choices.percent(50) ? "anna" : "carla",
                 .expert = {},
                 .since = {},
                 .escalate = {"dora", "fred"},
                 .escalate_after = std::chrono::minutes{10}};
  if (power_cut || choices.percent(50)) {
    how.mode = StartMode::Resume;
    how.batch = choices.percent(10);
    how.from = choices.percent(5) ? "s1" : "";
    how.until = choices.percent(5) ? "s3" : "";
  }
  return how;
}

void RandomWorld::come_back(const Happening& death) {
  death_ = nullptr;
  shell_.journal_refuses = false;
  shell_.choices = Choices{death.numbers};
  shell_.choices.below(1);  // what the death itself was about
  shell_.choices.below(1);
  auto& choices = shell_.choices;
  const bool power_cut = choices.percent(30);
  const auto how = random_start(power_cut);
  shell_.rebuild();
  if (power_cut) {
    shell_.say("Power fails.");
  }
  fates(power_cut);
  if (power_cut && choices.percent(12)) {
    const int lost = 1 + choices.below(3);
    shell_.say(fmt::format("The journal loses its last {} transactions.", lost));
    shell_.lose_end_of_journal(lost);
  }
  shell_.clock.advance(std::chrono::seconds{choices.below(600)});
  if (power_cut && choices.percent(70)) {
    shell_.say("The machine starts again.");
    shell_.clock.reboot(fmt::format("boot-{}", shell_.stored()));
    shell_.bench.reboot();
  }
  for (int verbs = how.mode == StartMode::Resume ? choices.below(5) - 1 : 0; verbs > 0; --verbs) {
    shell_.request_offline(random_verb());
  }
  if (how.mode == StartMode::Resume && choices.percent(20)) {
    shell_.say("The schedule is edited.");
    shell_.edit_file(edited(shell_.file(), choices));
  }
  open(how, choices.percent(15));
}

std::vector<EventBody> RandomWorld::opening(const SchedulerStarted& how, bool redo) {
  const auto& state = shell_.state();
  std::vector<EventBody> events;
  if (!state.opened) {
    RunOpened opened;
    if (story_.imported && !shell_.plan().steps.empty()) {
      opened.imported_done = {shell_.plan().steps.front().title};
    }
    events.emplace_back(opened);
  }
  const bool again =
      redo && how.mode == StartMode::Resume && !shell_.plan().steps.empty() && state.opened;
  const auto title = again ? shell_.plan().steps.front().title : std::string{};
  const auto reply = shell_.campaign().request(
      {.kind = VerbKind::Redo, .who = "anna", .step = title, .reason = "--redo"},
      shell_.clock.now());
  if (auto drift = shell_.drift()) {
    if (again && reply.accepted) {
      drift->redo = {title};
    }
    events.emplace_back(*drift);
  }
  events.emplace_back(how);
  if (again) {
    events.insert(events.end(), reply.events.begin(), reply.events.end());
  }
  const auto exists = [this](const AttemptKey& key, int) { return shell_.bench.has_folder(key); };
  auto unknown = unknown_attempts(shell_.plan(), state, how.mode, exists);
  events.insert(events.end(), unknown.begin(), unknown.end());
  return events;
}

void RandomWorld::open(const SchedulerStarted& how, bool redo) {
  shell_.read_file();
  shell_.start(opening(how, redo), kProgram);
}

}  // namespace fat
