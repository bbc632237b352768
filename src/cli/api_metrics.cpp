// The route of Prometheus: the bench and the newest run as metrics.
#include <algorithm>
#include <iterator>

#include "cli/bench_metrics.hpp"
#include "cli/print.hpp"
#include "cli/run_metrics.hpp"
#include "cli/station_api.hpp"
#include "fat/store/sqlite_outbox.hpp"

namespace fat {

namespace {

/// One page. What cannot be read hides nothing else: its source is said to be unreadable.
class MetricsPage {
 public:
  explicit MetricsPage(const ApiWiring& wiring) : wiring_(wiring), now_(wiring.clock.now()) {}

  std::string text() {
    add(std::vector<MetricFamily>{
        {.name = "fatmaster_build_info",
         .help = "1: the program and its station",
         .samples = {{.labels = {{"version", program_version()}, {"station", wiring_.station.name}},
                      .value = 1}}}});
    add_bench();
    add_run();
    add(std::vector<MetricFamily>{std::move(readable_)});
    return metrics_text(families_);
  }

 private:
  void add(std::vector<MetricFamily> more) {
    std::ranges::move(more, std::back_inserter(families_));
  }

  template <class Read>
  void look_into(const char* source, const Read& read) {
    double good = 1;
    try {
      read();
    } catch (const JournalError&) {
      good = 0;
    } catch (const CommandError&) {
      good = 0;
    }
    readable_.samples.push_back({.labels = {{"source", source}}, .value = good});
  }

  void add_bench() {
    const auto& station = wiring_.station;
    BenchSeen seen{.is_virtual = wiring_.is_virtual};
    if (station.channels.empty()) {
      look_at_bench(station, now_, seen);
    } else {
      look_into("readings", [&] { look_at_bench(station, now_, seen); });
    }
    add(bench_metrics(station, seen, now_));
  }

  void add_run() {
    add(std::vector<MetricFamily>{
        {.name = "fatmaster_scheduler_up",
         .help = "1: a scheduler lives and drives the newest run",
         .samples = {{.labels = {}, .value = wiring_.follower.scheduler().alive ? 1.0 : 0.0}}}});
    look_into("journal", [&] {
      const auto numbers = wiring_.runs.numbers();
      if (numbers.empty()) {
        return;
      }
      const auto run = wiring_.runs.run(numbers.back());
      add(run_metrics(
          run->with([&](const RunHistory& history) { return history.campaign->summary(now_); })));
      add(std::vector<MetricFamily>{
          message_metrics(count_messages(journal_file(wiring_.station)))});
    });
  }

  const ApiWiring& wiring_;
  const Instant now_;
  std::vector<MetricFamily> families_;
  MetricFamily readable_{.name = "fatmaster_source_readable",
                         .help =
                             "0: this file cannot be read now; what it would tell is missing "
                             "on this page",
                         .samples = {}};
};

}  // namespace

ApiAnswer answer_metrics(const ApiWiring& wiring) {
  ApiAnswer answer;
  answer.type = kMetricsType;
  answer.body = MetricsPage{wiring}.text();
  return answer;
}

}  // namespace fat
