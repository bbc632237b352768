#include "fat/people/leavable_thread.hpp"

#include <future>
#include <memory>

#include <gtest/gtest.h>

namespace fat {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kLongEnough = 60s;

TEST(LeavableThread, GivesWorkItsTime) {
  std::promise<void> go;
  bool done = false;
  LeavableThread thread{[&](const std::stop_token& stop) {
    go.get_future().wait();
    done = !stop.stop_requested();
  }};
  go.set_value();

  EXPECT_TRUE(thread.leave(steady_clock::now() + kLongEnough));

  EXPECT_TRUE(done);
}

TEST(LeavableThread, AsksWorkToStopThatHasNoTimeLeft) {
  bool asked = false;
  {
    const LeavableThread thread{[&](const std::stop_token& stop) {
      std::promise<void> told;
      const std::stop_callback tell{stop, [&] { told.set_value(); }};
      told.get_future().wait();
      asked = true;
    }};
  }
  EXPECT_TRUE(asked);
}

/// Says when it goes.
struct Owned {
  std::shared_ptr<std::promise<void>> gone = std::make_shared<std::promise<void>>();

  Owned() = default;

  ~Owned() { gone->set_value(); }

  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
};

TEST(LeavableThread, LeavesWorkThatNeverEndsWithWhatItOwns) {
  auto owned = std::make_shared<Owned>();
  const auto gone = owned->gone;
  auto is_gone = gone->get_future();
  const auto disk_is_back = std::make_shared<std::promise<void>>();
  {
    LeavableThread thread{[owned, disk_is_back](const std::stop_token& /*stop*/) {
      disk_is_back->get_future().wait();
    }};
    owned.reset();
    EXPECT_FALSE(thread.leave({}));
  }
  EXPECT_EQ(is_gone.wait_for(0s), std::future_status::timeout) << "it still works";

  disk_is_back->set_value();

  EXPECT_EQ(is_gone.wait_for(kLongEnough), std::future_status::ready);
}

}  // namespace
}  // namespace fat
