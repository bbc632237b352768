#include "runner/attempt_endings.hpp"

#include <fstream>
#include <string_view>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr std::streamoff kLookBack = 4096;
constexpr std::size_t kLongestLine = 200;

/// The end of output.log; empty when there is none.
std::string end_of_output(const std::filesystem::path& attempt_folder) {
  std::ifstream file{attempt_folder / "output.log", std::ios::binary | std::ios::ate};
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : 0;
  const auto length = size < kLookBack ? size : kLookBack;
  std::string text(static_cast<std::size_t>(length), ' ');
  file.seekg(size - length);
  file.read(text.data(), length);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string last_line(std::string_view text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) {
    return {};
  }
  text = text.substr(0, end + 1);
  const auto before = text.find_last_of("\r\n");
  return plain_text(before == std::string_view::npos ? text : text.substr(before + 1),
                    kLongestLine);
}

}  // namespace

AttemptEnded ending_of(const AttemptKey& key,
                       const ExitRecord& record,
                       EndCause cause,
                       const std::filesystem::path& attempt_folder) {
  const auto ending = judge(record);
  AttemptEnded end;
  end.key = key;
  end.outcome = ending.outcome;
  end.cause = cause;
  end.reason = ending.reason;
  end.try_later = ending.try_later;
  end.timed_out = ending.timed_out;
  end.status = record.status;
  end.signal = record.signal;
  end.ran = record.ran;
  end.processor = record.user + record.system;
  end.max_rss_kib = record.max_rss_kib;
  end.survivors = record.survivors;
  const auto said = ending.outcome == Outcome::Errored && record.start_error.empty()
                        ? last_line(end_of_output(attempt_folder))
                        : "";
  if (!said.empty()) {
    end.reason += "; it said: " + said;
  }
  return end;
}

AttemptEnded interrupted_attempt(const AttemptKey& key, EndCause cause, std::string reason) {
  AttemptEnded end;
  end.key = key;
  end.outcome = Outcome::Interrupted;
  end.cause = cause;
  end.reason = std::move(reason);
  return end;
}

AttemptEnded refused_attempt(const AttemptKey& key, std::string reason) {
  AttemptEnded end;
  end.key = key;
  end.cause = EndCause::Refused;
  end.reason = std::move(reason);
  return end;
}

AttemptEnded never_began(const AttemptKey& key) {
  auto end = refused_attempt(key, "ended before it began");
  end.outcome = Outcome::Aborted;
  return end;
}

}  // namespace fat
