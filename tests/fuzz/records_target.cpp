// Bytes as exit.json, start.json, a manifest or a station's address -> the record, or none; what
// was read is written and read again.
#include "fat/model/exit_record.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/sim/station_address.hpp"
#include "fuzz/targets.hpp"
#include "runner/process_table.hpp"
#include "runner/shim/records.hpp"
#include "runner/shim_order.hpp"
#include "store/snapshot_manifest.hpp"

namespace fat::fuzz {

namespace {

void check_exit(std::string_view input) {
  const auto record = parse_exit_record(input);
  if (!record) {
    return;
  }
  const auto ending = judge(*record);
  require((ending.outcome == Outcome::Done) == ending.reason.empty(), "all but done has a reason");
  require(ending.outcome != Outcome::Done || record->status == 0, "done means status 0");
  const shim::ExitFacts facts{.status = record->status,
                              .signal = record->signal,
                              .ended_by = to_string(record->ended_by),
                              .start_error = record->start_error,
                              .started = record->started.time_since_epoch(),
                              .ended = record->ended.time_since_epoch(),
                              .ran = record->ran,
                              .user = record->user,
                              .system = record->system,
                              .max_rss_kib = record->max_rss_kib,
                              .report_bytes = record->report_bytes,
                              .report_dropped = record->report_dropped,
                              .output_bytes = record->output_bytes,
                              .survivors = static_cast<std::size_t>(record->survivors)};
  const auto again = parse_exit_record(shim::exit_record(record->token, facts));
  require(again.has_value(), "the shim's own record is read");
  require(again->status == record->status && again->signal == record->signal &&
              again->ended_by == record->ended_by && again->ran == record->ran &&
              again->report_bytes == record->report_bytes,
          "a record that was written is read back as it was");
}

void check_start(std::string_view input) {
  const auto record = parse_start_record(input);
  if (record) {
    require(record->shim.pid > 0 && record->command.pid > 0, "a start record names two processes");
  }
}

void check_others(std::string_view input) {
  if (const auto manifest = store::parse_manifest(input)) {
    const auto text = store::to_json_text(*manifest);
    const auto again = store::parse_manifest(text);
    require(again && store::to_json_text(*again) == text, "a manifest is read back as it was");
  }
  if (const auto address = parse_station_address(input)) {
    require(parse_station_address(to_json_text(*address)) == address, "an address is read back");
  }
  if (const auto stat = parse_process_stat(input)) {
    require(stat->id > 0, "a process has a number");
  }
}

void check_order(std::string_view input) {
  std::string message{input};
  const auto unpacked = unpack(message);
  if (!unpacked) {
    return;
  }
  ShimOrder order{unpacked->folder, {}, {}};
  order.words.assign(unpacked->words.begin(), unpacked->words.end() - 1);
  order.environment.assign(unpacked->environment.begin(), unpacked->environment.end() - 1);
  require(pack(order) == std::string{input}, "an order is packed as it was unpacked");
}

}  // namespace

void records(std::string_view input) {
  check_exit(input);
  check_start(input);
  check_others(input);
  check_order(input);
}

}  // namespace fat::fuzz
