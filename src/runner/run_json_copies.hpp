// Ends of attempts -> the same, once what their steps wrote into their own run JSON is in the real
// one.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fat/ports/campaign.hpp"
#include "fat/ports/run_record.hpp"
#include "runner/boot_timer.hpp"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): of the library
}

namespace fat {

/// An attempt is open until that is done: whoever comes after a crash finds it open, and does it
/// again, which changes nothing. While the run JSON cannot be written the end waits, and is said.
class RunJsonCopies {
 public:
  using Tell = std::function<void(std::vector<EventBody>)>;

  RunJsonCopies(boost::asio::io_context& loop,
                RunRecord& record,
                std::filesystem::path run_folder,
                std::function<void(const std::string&)> alarm)
      : timer_(loop),
        record_(record),
        run_folder_(std::move(run_folder)),
        alarm_(std::move(alarm)) {}

  /// Tells `bodies` now, or when it could be done.
  void bring_home(std::vector<EventBody> bodies, const std::vector<OpenAttempt>& open, Tell tell);

 private:
  bool take_back(const std::vector<EventBody>& bodies, const std::vector<OpenAttempt>& open);

  struct Waiting {
    std::vector<EventBody> bodies;
    std::vector<OpenAttempt> open;
    Tell tell;
  };

  void try_again();

  BootTimer timer_;
  RunRecord& record_;
  std::filesystem::path run_folder_;
  std::function<void(const std::string&)> alarm_;
  std::vector<Waiting> waiting_;  ///< in order
};

}  // namespace fat
