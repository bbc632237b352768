#include "cli/lease_client.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/whole_number.hpp"
#include "fat/runner/control_client.hpp"
#include "fat/runner/process_mark.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/lease_file.hpp"

namespace fat {

namespace {

constexpr Microseconds kWishAgainAfter = std::chrono::milliseconds{100};
constexpr long long kLargestDescriptor = 1'000'000;
constexpr std::size_t kLongestTold = 600;
constexpr std::size_t kLongestLeaseList = 4U << 20U;

std::optional<std::string> asked_of_keeper(const BenchFiles& files,
                                           const std::string& method,
                                           const std::string& path,
                                           const std::string& body) {
  try {
    const auto reply = ask_scheduler(files.socket, method, path, body);
    return reply ? std::optional{reply->body} : std::nullopt;
  } catch (const std::runtime_error&) {
    throw CommandError{kExitOwned,
                       "the process that keeps the leases does not answer; `fatmaster lease list` "
                       "shows what became of it"};
  }
}

std::string told_text(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string()
             ? plain_text(found->get<std::string>(), kLongestTold)
             : std::string{};
}

std::optional<Lease> lease_in_file(const BenchFiles& files,
                                   const std::string& instrument,
                                   const Instant& now) {
  const auto leases = leases_in_file(files, now);
  const auto found = std::ranges::find(leases, instrument, &Lease::instrument);
  return found == leases.end() ? std::nullopt : std::optional{*found};
}

}  // namespace

std::vector<Lease> leases_in_file(const BenchFiles& files, const Instant& now) {
  auto leases = read_lease_record(files.leases).record.value_or(LeaseRecord{}).leases;
  std::erase_if(leases, [&](const Lease& lease) {
    return lease.process ? !lives(*lease.process) : lease_left(lease, now) <= Microseconds{0};
  });
  return leases;
}

std::optional<LeaseWord> ask_for_lease(const BenchFiles& files, const LeaseRequest& request) {
  const auto body = asked_of_keeper(files, "POST", "/v1/lease", to_json_text(request));
  return body ? std::optional{lease_word_from_json_text(*body)} : std::nullopt;
}

std::optional<LeaseWord> wait_for_lease(const BenchFiles& files,
                                        const LeaseRequest& request,
                                        Microseconds patience,
                                        const std::function<void(const std::string&)>& say) {
  const SystemClock clock;
  const auto began = clock.now();
  std::string holder;
  while (true) {
    auto word = ask_for_lease(files, request);
    if (!word) {  // it may just be started anew: what its file says holds all the same
      auto why_not = objection_without_keeper(files, request.instrument, request.by, clock.now());
      if (why_not.empty()) {
        return std::nullopt;
      }
      word = LeaseWord{.accepted = false, .text = std::move(why_not), .busy = true};
    }
    if (word->accepted || !word->busy || elapsed(began, clock.now()) >= patience) {
      return word;
    }
    // "(another 9 min)" changes all the time, and is no news.
    if (auto named = word->text.substr(0, word->text.find(" (another ")); named != holder) {
      holder = std::move(named);
      say("waits: " + word->text);
    }
    SystemClock::pause(kWishAgainAfter);
  }
}

void report_waiting(const std::string& text) {
  std::cerr << text << '\n' << std::flush;
  const char* const report = std::getenv("FATMASTER_REPORT_FD");
  const auto descriptor = report == nullptr ? std::nullopt : parse_integer(report);
  if (!descriptor || *descriptor < 3 || *descriptor > kLargestDescriptor) {
    return;
  }
  const auto line = nlohmann::json{{"progress", 0}, {"text", text}}.dump(
                        -1, ' ', false, nlohmann::json::error_handler_t::replace) +
                    "\n";
  if (::write(static_cast<int>(*descriptor), line.data(), line.size()) < 0) {
    std::cerr << "nobody reads the reports of this step\n";
  }
}

std::optional<std::string> told_leases_text(const BenchFiles& files) {
  return asked_of_keeper(files, "GET", "/v1/leases", {});
}

std::vector<ToldLease> told_leases(const std::string& json_text) {
  const auto json = json_text.size() > kLongestLeaseList
                        ? nlohmann::json{}
                        : nlohmann::json::parse(json_text, nullptr, false);
  const auto list = json.is_object() ? json.find("leases") : json.end();
  std::vector<ToldLease> told;
  if (!json.is_object() || list == json.end() || !list->is_array()) {
    return told;
  }
  for (const auto& one : *list) {
    if (!one.is_object()) {
      continue;
    }
    const auto fence = one.find("fence");
    const auto closing = one.find("closing");
    told.push_back(
        {.instrument = told_text(one, "instrument"),
         .text = told_text(one, "text"),
         .fence = fence == one.end() ? 0 : whole_number<std::uint64_t>(*fence).value_or(0),
         .use = parse_lease_use(told_text(one, "use")).value_or(LeaseUse::Orders),
         .closing = closing != one.end() && closing->is_boolean() && closing->get<bool>(),
         .panel = told_text(one, "panel")});
  }
  return told;
}

std::string objection_without_keeper(const BenchFiles& files,
                                     const std::string& instrument,
                                     const LeaseClaim& by,
                                     const Instant& now) {
  const auto lease = lease_in_file(files, instrument, now);
  return lease && !by.safe_state && !is_of(*lease, by)
             ? fmt::format(
                   "{} is {}, and `fatmaster station`, which keeps the leases, does not run",
                   instrument,
                   in_words(*lease, now))
             : std::string{};
}

std::string loan_without_keeper(const BenchFiles& files,
                                const std::string& instrument,
                                const Instant& now) {
  const auto lease = lease_in_file(files, instrument, now);
  return lease && is_lent(*lease) ? in_words(*lease, now) : std::string{};
}

bool in_safe_state() {
  const char* const given = std::getenv("FATMASTER_SAFE_STATE");
  return given != nullptr && std::string_view{given} == "1";
}

std::string lease_lines(const BenchFiles& files, const Instant& now) {
  std::string lines;
  for (const auto& lease : leases_in_file(files, now)) {
    lines += fmt::format("lease     {:<20} {}\n", lease.instrument, in_words(lease, now));
  }
  return lines;
}

std::uint64_t fence_given(const std::string& instrument) {
  const char* const given = std::getenv("FATMASTER_LEASES");
  const std::string text = "," + std::string{given == nullptr ? "" : given} + ",";
  const auto place = text.rfind("," + instrument + "=");
  if (place == std::string::npos) {
    return 0;
  }
  const auto begin = place + instrument.size() + 2;
  const auto number = parse_integer(text.substr(begin, text.find(',', begin) - begin));
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

}  // namespace fat
