#include "engine/bench.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

namespace {

using std::chrono::seconds;

constexpr Microseconds kKillAtMost = seconds{30};

bool holds_the_bench(const Process& process) {
  return process.key.list != StepList::Backup && process.lives();
}

ExitRecord random_record(Choices& choices) {
  ExitRecord record;
  record.ran = seconds{1};
  const int what = choices.below(100);
  if (what < 55) {
    record.status = 0;
  } else if (what < 60) {
    record.status = 77;
  } else if (what < 67) {
    record.status = 75;
  } else if (what < 80) {
    record.status = 1 + choices.below(2);
  } else if (what < 85) {
    record.signal = 11;
  } else if (what < 92) {
    record.ended_by = EndedBy::Timeout;
    record.signal = 15;
  } else if (what < 97) {
    record.ended_by = EndedBy::Silence;
    record.signal = 15;
  } else {
    record.start_error = "No such file or directory";
  }
  return record;
}

}  // namespace

bool fit_together(const Claims& one, const Claims& other) {
  std::map<std::string, int> alone, users;
  for (const auto* claims : {&one, &other}) {
    for (const auto& claim : *claims) {
      const auto colon = claim.find(':');
      ++users[claim.substr(0, colon)];
      alone[claim.substr(0, colon)] += colon == std::string::npos ? 1 : 0;
    }
  }
  return !one.empty() && !other.empty() && std::ranges::all_of(users, [&](const auto& user) {
    return user.second < 2 || alone[user.first] == 0;
  });
}

void Bench::start(const AttemptKey& key, const Claims& needs, const Instant& now, bool unkillable) {
  folders_.insert(key);
  for (const auto& other : processes) {
    const bool apart = other.key.list == StepList::Main && key.list == StepList::Main &&
                       fit_together(needs, other.needs);
    if (key.list == StepList::Backup || !holds_the_bench(other) || apart) {
      continue;
    }
    const bool safe = key.list == StepList::SafeState;
    const bool hangs = other.key.list == StepList::SafeState
                           ? now.boot - other.began >= kSafeActionAtMost
                           : other.told && now.boot - other.told_at >= kKillAtMost;
    if (!(safe && hangs) && broken_.empty()) {
      broken_ = "two processes hold the same of the bench at once";
    }
  }
  processes.push_back({.key = key, .needs = needs, .began = now.boot, .unkillable = unkillable});
}

Process* Bench::find(const AttemptKey& key) {
  const auto found =
      std::ranges::find_if(processes, [&](const auto& one) { return one.key == key; });
  return found == processes.end() ? nullptr : &*found;
}

void Bench::forget(const AttemptKey& key) {
  std::erase_if(processes, [&](const auto& one) { return one.key == key; });
}

void Bench::tell_to_end(const AttemptKey& key, EndedBy how, const Instant& now) {
  auto* process = find(key);
  if (process == nullptr) {
    return;
  }
  if (!process->told) {
    process->told_at = now.boot;
  }
  process->told = how;
}

std::optional<AttemptEnded> Bench::record(const AttemptKey& key) const {
  const auto found = records_.find(key);
  return found == records_.end() ? std::nullopt : std::optional{found->second};
}

void Bench::reboot() {
  processes.clear();
}

AttemptEnded random_exit(const Process& process, Choices& choices) {
  ExitRecord record;
  if (process.told && !choices.percent(10)) {
    record.ended_by = *process.told;
    record.signal = 15;
  } else {
    record = random_record(choices);
  }
  const auto ending = judge(record);
  AttemptEnded end{.key = process.key, .outcome = ending.outcome};
  end.reason = ending.reason;
  end.try_later = ending.try_later;
  end.timed_out = ending.timed_out;
  end.status = record.status;
  end.signal = record.signal;
  return end;
}

}  // namespace fat
