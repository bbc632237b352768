#include "cli/spokesman.hpp"

#include <iostream>
#include <utility>

#include <fmt/format.h>

#include "cli/print.hpp"
#include "fat/model/signals_away.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostLines = 1000;
constexpr std::chrono::seconds kLastPosts{5};

}  // namespace

Spokesman::Spokesman(const Station& station, const Clock& clock, std::string head)
    : clock_(clock), posts_(station, std::move(head)) {
  const SignalsAway away;
  thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

Spokesman::~Spokesman() {
  thread_.request_stop();
  posts_.finish(std::chrono::steady_clock::now() + kLastPosts);
}

void Spokesman::say(const std::string& text) {
  const std::lock_guard lock{mutex_};
  if (lines_.size() >= kMostLines) {
    lines_.pop_front();
  }
  lines_.push_back(fmt::format("{}  {}", to_local_text(clock_.now().wall), text));
  changed_.notify_all();
}

void Spokesman::alarm(const std::string& text) {
  say(text);
  posts_.tell(text, clock_.now());
}

void Spokesman::work(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (changed_.wait(lock, stop, [this] { return !lines_.empty(); }) || !lines_.empty()) {
    const auto lines = std::exchange(lines_, {});
    lock.unlock();
    for (const auto& line : lines) {
      print(line);
    }
    std::cout.flush();
    lock.lock();
  }
}

}  // namespace fat
