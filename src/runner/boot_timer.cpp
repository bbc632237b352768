#include "runner/boot_timer.hpp"

#include <algorithm>
#include <system_error>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/timerfd.h>
#include <unistd.h>

namespace fat {

namespace asio = boost::asio;

namespace {

int make_timer() {
  const int timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (timer < 0) {
    throw std::system_error{errno, std::generic_category(), "cannot create a timer"};
  }
  return timer;
}

timespec to_timespec(Microseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {.tv_sec = seconds.count(), .tv_nsec = (time - seconds).count() * 1000};
}

}  // namespace

struct BootTimer::State : std::enable_shared_from_this<BootTimer::State> {
  explicit State(asio::io_context& loop) : timer(loop, make_timer()) {}

  void set(Microseconds first, Microseconds period) {
    itimerspec times{};
    times.it_value = to_timespec(std::max(first, Microseconds{1}));
    times.it_interval = to_timespec(period);
    timerfd_settime(timer.native_handle(), 0, &times, nullptr);
  }

  void wait() {
    if (waiting) {
      return;
    }
    waiting = true;
    timer.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](auto error) {
                       self->waiting = false;
                       if (!error) {
                         self->expired();
                       }
                     });
  }

  void expired() {
    std::uint64_t count = 0;
    const bool due = read(timer.native_handle(), &count, sizeof count) == sizeof count;
    const auto wanted = call;
    if (due && wanted) {
      if (!repeats) {
        call = nullptr;
      }
      wanted();
    }
    if (call && timer.is_open()) {
      wait();
    }
  }

  asio::posix::stream_descriptor timer;
  std::function<void()> call;
  bool repeats = false;
  bool waiting = false;
};

BootTimer::BootTimer(asio::io_context& loop) : state_(std::make_shared<State>(loop)) {}

BootTimer::~BootTimer() {
  state_->call = nullptr;
  boost::system::error_code ignored;
  ignored = state_->timer.close(ignored);
}

void BootTimer::start(Microseconds delay, std::function<void()> call) {
  state_->call = std::move(call);
  state_->repeats = false;
  state_->set(delay, Microseconds{0});
  state_->wait();
}

void BootTimer::repeat(Microseconds period, std::function<void()> call) {
  state_->call = std::move(call);
  state_->repeats = true;
  state_->set(period, period);
  state_->wait();
}

void BootTimer::cancel() {
  state_->call = nullptr;
  itimerspec const never{};
  timerfd_settime(state_->timer.native_handle(), 0, &never, nullptr);
}

}  // namespace fat
