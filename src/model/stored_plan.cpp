// A plan <-> its stored text, and the fingerprints that tell one content from another.
#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "fat/model/plan.hpp"
#include "model/stored_model.hpp"

namespace fat {

void describe(auto& fields, std::type_identity<ModuleEntry>) {
  fields("serial", &ModuleEntry::serial);
  fields("path", &ModuleEntry::path);
  fields("port", &ModuleEntry::port);
  fields("host", &ModuleEntry::host);
}

void describe(auto& fields, std::type_identity<Plan>) {
  fields("schedule_file", &Plan::schedule_file, Keep::Always);
  fields("run_file", &Plan::run_file, Keep::Always);
  fields("run_number", &Plan::run_number, Keep::Always);
  fields("modules", &Plan::modules);
  fields("python", &Plan::python, Keep::Always);
  fields("python_path", &Plan::python_path);
  fields("verbose", &Plan::verbose);
  fields("safe_state_after", &Plan::safe_state_after, Keep::Always);
  fields("min_modules", &Plan::min_modules);
  fields("strict_code", &Plan::strict_code);
  fields("needs_services", &Plan::needs_services);
  fields("station", &Plan::station);
  fields("steps", &Plan::steps, Keep::Always);
  fields("safe_state", &Plan::safe_state);
  fields("on_resume", &Plan::on_resume);
  fields("backup", &Plan::backup);
}

namespace {

constexpr JsonLimits kPlanLimits{.max_bytes = 67'108'864, .max_depth = 16};

/// Bytes with their length in front: no content can look like another one's structure.
void append_counted(std::string& text, std::string_view bytes) {
  fmt::format_to(std::back_inserter(text), "{}:", bytes.size());
  text += bytes;
}

/// What does not change what a step does: where it stands, what it is called, how long it may take.
template <class T>
constexpr bool counts(std::string_view field) {
  if constexpr (std::same_as<T, Step>) {
    return field != "title" && field != "source" && field != "estimate";
  } else if constexpr (std::same_as<T, Argument>) {
    return field != "line";
  } else {
    return true;
  }
}

void append_plain(std::string& text, const nlohmann::ordered_json& value) {
  const auto* const bytes = value.get_ptr<const std::string*>();
  text += bytes == nullptr ? 'v' : 's';
  append_counted(text, bytes == nullptr ? value.dump() : *bytes);
}

template <class T>
void append_canonical(std::string& text, const T& value);

/// Called by describe(): the members that would be stored and that count.
template <class T>
class CanonicalWriter {
 public:
  explicit CanonicalWriter(const T& object) : object_{object} {}

  template <class Member>
  void operator()(const char* name, Member T::*member, Keep keep = Keep::WhenSet) {
    static const T standard{};
    const bool stored = keep == Keep::Always || !is_default(object_.*member, standard.*member);
    if (stored && counts<T>(name)) {
      ++count_;
      append_counted(text_, name);
      append_canonical(text_, object_.*member);
    }
  }

  void append_to(std::string& text) const {
    fmt::format_to(std::back_inserter(text), "o{};", count_);
    text += text_;
  }

 private:
  const T& object_;
  std::size_t count_ = 0;
  std::string text_;
};

template <class T>
void append_canonical(std::string& text, const T& value) {
  if constexpr (kIsVector<T>) {
    fmt::format_to(std::back_inserter(text), "a{};", value.size());
    for (const auto& element : value) {
      append_canonical(text, element);
    }
  } else if constexpr (kIsOptional<T>) {
    value ? append_canonical(text, *value) : append_plain(text, nullptr);
  } else if constexpr (std::is_class_v<T> && !std::same_as<T, std::string> &&
                       !std::same_as<T, Microseconds>) {
    CanonicalWriter<T> fields{value};
    describe(fields, std::type_identity<T>{});
    fields.append_to(text);
  } else {
    append_plain(text, encode(value));
  }
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error{"SHA-256 is not available in this OpenSSL"};
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * std::size_t{length});
  for (const unsigned byte : std::basic_string_view{digest.data(), length}) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 0xfU];
  }
  return hex;
}

void append_steps(std::string& text, StepList list, const std::vector<Step>& steps) {
  append_counted(text, to_string(list));
  text += fmt::format("{};", steps.size());
  for (const Step& step : steps) {
    append_counted(text, step.title);
    append_counted(text, fingerprint(step));
  }
}

}  // namespace

std::string fingerprint(const Step& step) {
  std::string text;
  append_canonical(text, step);
  return sha256_hex(text);
}

std::string fingerprint(const Plan& plan) {
  std::string text;
  append_steps(text, StepList::Main, plan.steps);
  append_steps(text, StepList::SafeState, plan.safe_state);
  append_steps(text, StepList::OnResume, plan.on_resume);
  append_steps(
      text, StepList::Backup, plan.backup ? std::vector<Step>{*plan.backup} : std::vector<Step>{});
  std::vector<std::pair<std::string_view, std::string_view>> modules;
  modules.reserve(plan.modules.size());
  for (const auto& module : plan.modules) {
    modules.emplace_back(module.serial, module.path);
  }
  std::ranges::sort(modules);
  for (const auto& [serial, path] : modules) {
    append_counted(text, serial);
    append_counted(text, path);
  }
  for (const auto& [name, value] : settings(plan)) {
    append_counted(text, name);
    append_counted(text, value);
  }
  return sha256_hex(text);
}

std::string to_json_text(const Plan& plan) {
  return dump_text(encode(plan));
}

Plan plan_from_json_text(std::string_view text) {
  const StoredText read{text, kPlanLimits};
  if (read.root() == nullptr) {
    throw std::invalid_argument{"stored plan: not JSON, or larger or deeper than any plan"};
  }
  Plan plan;
  if (const auto complaint = decode_fields(*read.root(), plan); !complaint.empty()) {
    throw std::invalid_argument{"stored plan: " + complaint};
  }
  return plan;
}

}  // namespace fat
