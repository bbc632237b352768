#include "fat/people/leavable_thread.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "fat/model/signals_away.hpp"

namespace fat {
namespace {

constexpr std::chrono::seconds kToStop{2};

}  // namespace

struct LeavableThread::End {
  std::mutex mutex;
  std::condition_variable changed;
  bool reached = false;  // guarded by mutex
};

LeavableThread::LeavableThread(std::function<void(const std::stop_token&)> work)
    : end_(std::make_shared<End>()) {
  const SignalsAway away;
  thread_ = std::jthread{[end = end_, work = std::move(work)](const std::stop_token& stop) mutable {
    work(stop);
    work = nullptr;  // what it owns goes before anybody hears of the end
    const std::scoped_lock lock{end->mutex};
    end->reached = true;
    end->changed.notify_all();
  }};
}

LeavableThread::~LeavableThread() {
  leave({});
}

bool LeavableThread::leave(std::chrono::steady_clock::time_point deadline) {
  if (!thread_.joinable()) {
    return true;
  }
  const auto reached = [this] { return end_->reached; };
  std::unique_lock lock{end_->mutex};
  end_->changed.wait_until(lock, deadline, reached);
  thread_.request_stop();
  const bool ended = end_->changed.wait_for(lock, kToStop, reached);
  lock.unlock();
  ended ? thread_.join() : thread_.detach();
  return ended;
}

}  // namespace fat
