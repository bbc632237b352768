#include "cli/station_follower.hpp"

#include <algorithm>
#include <iostream>
#include <numeric>

#include <nlohmann/json.hpp>

#include "cli/event_page.hpp"
#include "cli/file_watch.hpp"

namespace fat {

namespace {

constexpr Microseconds kStatusPause = std::chrono::milliseconds{250};
constexpr Microseconds kStatusAge = std::chrono::seconds{10};  // what a clock moves: waits, ends
constexpr int kStatusShare = 10;  // at most this part of the time goes into summaries
constexpr std::size_t kMostMoved = 500;
constexpr std::size_t kMostOfNewRun = 1000;

/// A commit is seen shortly after its first byte was written: so many looks, and how far apart.
constexpr int kQuickLooks = 20;
constexpr std::chrono::milliseconds kQuickPause{10};

/// Where one event comes after the other, all of this time are read and told together.
constexpr std::chrono::milliseconds kPauseAfterNews{25};

std::vector<StepSummary> changed_rows(const std::vector<StepSummary>& before,
                                      const std::vector<StepSummary>& now) {
  std::vector<StepSummary> rows;
  for (std::size_t i = 0; i < now.size() && rows.size() <= kMostMoved; ++i) {
    if (now[i] != before[i]) {
      rows.push_back(now[i]);
    }
  }
  return rows;
}

void pause_after_news(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any nothing;
  std::unique_lock lock{mutex};
  nothing.wait_for(lock, stop, kPauseAfterNews, [] { return false; });
}

/// Somebody who does not know his run yet is about to drive the newest one.
SchedulerView view_of(const std::optional<StationOwner>& owner, const LoadedRun* run) {
  const bool drives = owner && (owner->run == 0 || (run != nullptr && owner->run == run->number()));
  return {.alive = drives, .owner = owner.value_or(StationOwner{})};
}

}  // namespace

std::shared_ptr<LoadedRun> StationFollower::newest() const {
  std::unique_lock lock{mutex_};
  first_look_.wait(lock, runs_.stop(), [this] { return looked_; });
  return run_;
}

SchedulerView StationFollower::scheduler() const {
  return view_of(who_holds(station_.state), newest().get());
}

void StationFollower::publish(std::string name, std::string data) {
  feed_.publish({.name = std::move(name),
                 .id = {},
                 .data = std::make_shared<const std::string>(std::move(data))});
}

void StationFollower::tell_scheduler(const std::optional<StationOwner>& owner) {
  const bool alive = view_of(owner, run_.get()).alive;
  if (alive_ && *alive_ != alive) {
    publish("scheduler", nlohmann::json{{"alive", alive}}.dump());
  }
  alive_ = alive;
}

/// A run that begins while we look is told from its first event on.
void StationFollower::begin(std::shared_ptr<LoadedRun> run) {
  const auto known = run->with([](const RunHistory& history) { return history.events.size(); });
  const bool other = run_ == nullptr || run_->number() != run->number();
  bool first = false;
  {
    const std::lock_guard lock{mutex_};
    run_ = std::move(run);
    first = !looked_;
  }
  told_ = known;
  mark_.clear();
  rows_.clear();
  status_at_.reset();
  if (first) {
    return;
  }
  if (!other) {  // its journal was put in another's place
    publish("reload", "{}");
    return;
  }
  publish("run", nlohmann::json{{"run", run_->number()}}.dump());
  told_ = known <= kMostOfNewRun ? 0 : known;
}

void StationFollower::tell_events() {
  const auto known = run_->with([](const RunHistory& history) { return history.events.size(); });
  if (told_ >= known) {
    return;
  }
  std::vector<std::size_t> fresh(known - told_);
  std::iota(fresh.begin(), fresh.end(), told_);
  feed_.publish_all(stream_events(*run_, fresh, runs_.stop()));
  told_ = known;
}

Microseconds StationFollower::tell_status() {
  const auto now = clock_.now();
  const auto pause = std::max(kStatusPause, kStatusShare * status_took_);
  const auto age = status_at_ ? elapsed(*status_at_, now) : Microseconds::max();
  const auto mark = run_->with([](const RunHistory& history) {
    const auto& state = history.campaign->state();
    return std::pair{change_mark(state.counters), is_ended(state.status())};
  });
  const bool moves = mark.first != mark_ || (age > kStatusAge && !mark.second);
  if (!moves) {
    return kStatusAge;
  }
  if (age < pause) {
    return pause - age;
  }
  const auto summary =
      run_->with([&](const RunHistory& history) { return history.campaign->summary(now); });
  SummaryForm form{.steps = false, .comment = {}, .moved = {}};
  if (rows_.size() == summary.steps.size() && summary.counters.plan == plan_) {
    form.moved = changed_rows(rows_, summary.steps);
    if (form.moved->size() > kMostMoved) {
      form.moved.reset();
    }
  }
  publish("status", to_json_text(summary, form));
  mark_ = change_mark(summary.counters);
  plan_ = summary.counters.plan;
  rows_ = summary.steps;
  status_at_ = now;
  status_took_ = elapsed(now, clock_.now());
  return pause;
}

Microseconds StationFollower::look() {
  const FirstLook whoever_waits{*this};  // is told what is wrong when he asks for it himself
  const auto owner = who_holds(station_.state);  // before its journal is read: it writes its end
  const auto numbers = runs_.numbers();
  if (numbers.empty()) {
    tell_scheduler(owner);
    return kStatusPause;
  }
  auto run = runs_.run(numbers.back());
  if (run != run_) {
    begin(std::move(run));
  }
  tell_events();
  tell_scheduler(owner);
  return std::min(tell_status(), kStatusPause);
}

StationFollower::FirstLook::~FirstLook() {
  {
    const std::lock_guard lock{follower_.mutex_};
    follower_.looked_ = true;
  }
  follower_.first_look_.notify_all();
}

void StationFollower::follow(const std::stop_token& stop) {
  const FileWatch changes{{station_.state}};
  std::string trouble;
  int quick = 0;
  while (!stop.stop_requested()) {
    const auto told = told_;
    auto wait = std::chrono::duration_cast<Microseconds>(kJournalLag);
    try {
      wait = look();
      trouble.clear();
    } catch (const GivenUp&) {
      return;
    } catch (const std::exception& error) {  // the journal may be restored or mended meanwhile
      if (trouble != error.what()) {
        trouble = error.what();
        std::cerr << "fatmaster: " << trouble << '\n';
      }
    }
    if (told_ != told) {
      pause_after_news(stop);
    }
    const auto patience = quick > 0 ? std::min<Microseconds>(wait, kQuickPause) : wait;
    const bool changed = changes.wait(std::chrono::ceil<std::chrono::milliseconds>(patience));
    quick = changed ? kQuickLooks : std::max(quick - 1, 0);
  }
}

}  // namespace fat
