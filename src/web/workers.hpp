// Work that may take its time -> its result, in the coroutine that asked, without holding its
// thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fat {

/// A few threads with a bounded queue.
class Workers {
 public:
  Workers(std::size_t threads, std::size_t most) : pool_(threads), most_(most) {}

  ~Workers() { stop(); }

  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// So much is waiting or being done that more is to be refused.
  bool full() const { return *under_way_ >= most_; }

  bool idle() const { return *under_way_ == 0; }

  /// What `work` returns or throws. Its result type has a default.
  template <typename Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> run(Work work) {
    const Count count{under_way_};
    co_return co_await boost::asio::co_spawn(
        pool_.get_executor(), perform(std::move(work)), boost::asio::use_awaitable);
  }

  /// Lets the work under way end, and does no other.
  void stop() {
    pool_.stop();
    pool_.join();
  }

 private:
  class Count {
   public:
    explicit Count(std::shared_ptr<std::atomic<std::size_t>> number) : number_(std::move(number)) {
      ++*number_;
    }

    ~Count() { --*number_; }

    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;

   private:
    std::shared_ptr<std::atomic<std::size_t>> number_;
  };

  template <typename Work>
  static boost::asio::awaitable<std::invoke_result_t<Work>> perform(Work work) {
    co_return work();
  }

  /// Shared with those who wait: they may end after this object.
  std::shared_ptr<std::atomic<std::size_t>> under_way_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  boost::asio::thread_pool pool_;
  std::size_t most_;
};

}  // namespace fat
