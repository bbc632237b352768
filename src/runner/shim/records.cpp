// Facts -> start.json and exit.json. See the header.
#include "runner/shim/records.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat::shim {
namespace {

/// Builds one flat JSON object; nested ones come as ready text.
class Object {
 public:
  Object& text(std::string_view name, std::string_view value) {
    std::string quoted{"\""};
    for (const char letter : value) {
      const bool plain = letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\';
      quoted += plain ? letter : '?';
    }
    return raw(name, quoted + '"');
  }

  template <typename Number>
  Object& number(std::string_view name, Number value) {
    return raw(name, std::to_string(value));
  }

  Object& number(std::string_view name, const std::optional<int>& value) {
    return raw(name, value ? std::to_string(*value) : "null");
  }

  Object& raw(std::string_view name, std::string_view value) {
    json_ += json_.empty() ? "{\"" : ",\"";
    json_ += name;
    json_ += "\":";
    json_ += value;
    return *this;
  }

  std::string end() { return json_ + "}"; }

 private:
  std::string json_;
};

constexpr off_t kLongestRecord = 4096;

std::string temporary_name(const char* name) {
  return std::string{name} + ".new";
}

/// What was reserved stays; the caller cuts off what is too much.
OwnedFd open_new(int folder, const char* name) {
  return OwnedFd{
      openat(folder, temporary_name(name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)};
}

std::string process_json(const ProcessStat& process) {
  return Object{}.number("pid", process.id).number("start_time", process.start_time).end();
}

}  // namespace

std::string start_record(std::string_view token,
                         const ProcessStat& shim,
                         const ProcessStat& command) {
  return Object{}
             .text("token", token)
             .text("boot_id", current_boot_id())
             .raw("shim", process_json(shim))
             .raw("command", process_json(command))
             .end() +
         "\n";
}

std::string exit_record(std::string_view token, const ExitFacts& facts) {
  return Object{}
             .text("token", token)
             .number("status", facts.status)
             .number("signal", facts.signal)
             .text("ended_by", facts.ended_by)
             .text("start_error", facts.start_error)
             .number("started_us", facts.started.count())
             .number("ended_us", facts.ended.count())
             .number("ran_us", facts.ran.count())
             .number("user_us", facts.user.count())
             .number("system_us", facts.system.count())
             .number("max_rss_kib", facts.max_rss_kib)
             .number("report_bytes", facts.report_bytes)
             .number("report_dropped", facts.report_dropped)
             .number("output_bytes", facts.output_bytes)
             .number("output_lost", facts.output_lost)
             .number("survivors", facts.survivors)
             .end() +
         "\n";
}

void reserve_record(int folder, const char* name) {
  const OwnedFd file = open_new(folder, name);
  if (file) {
    fallocate(file.get(), 0, 0, kLongestRecord);
  }
}

bool write_record(int folder, const char* name, std::string_view text, Durable durable) {
  const std::string temporary = temporary_name(name);
  const OwnedFd file = open_new(folder, name);
  if (!file || write_fully(file.get(), text) != text.size() ||
      ftruncate(file.get(), static_cast<off_t>(text.size())) != 0) {
    return false;
  }
  if (durable == Durable::Yes && fsync(file.get()) != 0) {
    return false;
  }
  if (renameat(folder, temporary.c_str(), folder, name) != 0) {
    return false;
  }
  return durable == Durable::No || fsync(folder) == 0;
}

std::string sentence(std::string_view what, std::string_view object, int error) {
  std::string text{what};
  text += object;
  text += ": ";
  text += strerrordesc_np(error);
  return text;
}

}  // namespace fat::shim
