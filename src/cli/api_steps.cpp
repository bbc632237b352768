// Routes about one step: its story, what it printed, the files it left.
#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/api_answer.hpp"
#include "cli/attempt_file.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/station_api.hpp"
#include "cli/step_story_text.hpp"
#include "fat/engine/summarize.hpp"
#include "fat/model/run_paths.hpp"

namespace fat {

namespace {

constexpr std::uint64_t kMostIndex = 10'000'000;
constexpr std::uint64_t kMostOutputAtOnce = std::uint64_t{256} * 1024;
constexpr std::uint64_t kAnyOffset = 1ULL << 62U;
constexpr std::uint64_t kMostInMemory = 4ULL << 20U;  // of an artifact

/// The step of a path `/runs/{run}/steps/{list}/{index}`. Throws ApiRefused.
StepPlace step_at(const Plan& plan, const ApiRequest& request) {
  const auto list = parse_step_list(request.parts.at(1));
  const auto index = static_cast<std::size_t>(part_number(request, 2, kMostIndex));
  const auto in = [&](const std::vector<Step>& steps) {
    return index < steps.size() ? &steps[index] : nullptr;
  };
  const Step* step = nullptr;
  if (list == StepList::Main) {
    step = in(plan.steps);
  } else if (list == StepList::SafeState) {
    step = in(plan.safe_state);
  } else if (list == StepList::OnResume) {
    step = in(plan.on_resume);
  } else if (list == StepList::Backup && index == 0 && plan.backup) {
    step = &*plan.backup;
  }
  if (!list || step == nullptr) {
    throw ApiRefused{404,
                     fmt::format("run {} has no step of that list and index", plan.run_number)};
  }
  return {.list = *list, .index = index, .step = step};
}

/// Of a path `.../attempts/{n}`: which one, where its files lie, whether it goes on.
struct AttemptPlace {
  AttemptKey key;
  std::filesystem::path folder;
  bool open = false;
};

AttemptPlace attempt_at(const RunHistory& history, const ApiRequest& request) {
  const auto& plan = history.campaign->plan();
  const auto place = step_at(plan, request);
  const AttemptKey key{.list = place.list,
                       .title = place.step->title,
                       .attempt = static_cast<int>(part_number(request, 3, kMostIndex))};
  const auto start = history.starts.find(key);
  if (start == history.starts.end()) {
    throw ApiRefused{404, fmt::format("the step has no attempt {}", key.attempt)};
  }
  const auto& open = history.campaign->state().open;
  return {.key = key,
          .folder = attempt_folder(run_folder(plan.run_file), key, history.start(key).index),
          .open = std::ranges::any_of(
              open, [&](const AttemptState& one) { return one.start.key == key; })};
}

bool goes_on(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// How many bytes at the end of `text` are the beginning of a character that is not all there.
std::size_t unfinished(std::string_view text) {
  std::size_t back = 0;
  while (back < 3 && back < text.size() && goes_on(text[text.size() - 1 - back])) {
    ++back;
  }
  if (back == text.size()) {
    return 0;
  }
  const auto lead = static_cast<unsigned char>(text[text.size() - 1 - back]);
  std::size_t length = 1;
  if (lead >= 0xf0U && lead < 0xf8U) {
    length = 4;
  } else if (lead >= 0xe0U) {
    length = lead < 0xf0U ? 3 : 1;
  } else if (lead >= 0xc2U) {
    length = 2;
  }
  return back + 1 < length ? back + 1 : 0;
}

/// How many bytes at its beginning belong to a character before it.
std::size_t left_over(std::string_view text) {
  std::size_t bytes = 0;
  while (bytes < 3 && bytes < text.size() && goes_on(text[bytes])) {
    ++bytes;
  }
  return bytes;
}

struct OutputRange {
  std::uint64_t from = 0, until = 0;
  bool cut = false;  ///< `from` may stand within a character
};

OutputRange output_range(const ApiRequest& request, const KeptOutput& output) {
  const auto size = output.size();
  const auto offset = query_number(request, "offset", kAnyOffset);
  const auto until = std::min(query_number(request, "until", kAnyOffset).value_or(size), size);
  if (!offset) {
    const auto tail =
        std::min({query_number(request, "tail", kAnyOffset).value_or(kMostOutputAtOnce),
                  kMostOutputAtOnce,
                  until});
    return {.from = until - tail, .until = until, .cut = true};
  }
  // What was asked for was rotated away meanwhile: from there on.
  const auto from = *offset > size ? output.older_size() : *offset;
  return {.from = from,
          .until = std::max(from, until),
          .cut = query_number(request, "until", kAnyOffset).has_value()};
}

std::string output_json(const KeptOutput& output, const OutputRange& range, bool ended) {
  const auto most = std::min(kMostOutputAtOnce, range.until - range.from);
  auto text = output.read(range.from, static_cast<std::size_t>(most));
  const auto next = range.from + text.size();
  const bool all = next >= output.size() && ended;
  const auto behind = all ? 0 : unfinished(text);
  text.resize(text.size() - behind);
  const auto before = range.cut && range.from > 0 ? left_over(text) : 0;
  text.erase(0, before);
  using Json = nlohmann::ordered_json;
  const Json json{{"text", text},
                  {"offset", range.from + before},
                  {"next", next - behind},
                  {"size", output.size()},
                  {"ended", ended}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What a browser may show; all else is saved.
std::string_view mime_of(const std::filesystem::path& file) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> known{
      {{".png", "image/png"},
       {".svg", "image/svg+xml"},
       {".jpg", "image/jpeg"},
       {".jpeg", "image/jpeg"},
       {".pdf", "application/pdf"},
       {".txt", "text/plain; charset=utf-8"},
       {".log", "text/plain; charset=utf-8"},
       {".csv", "text/csv; charset=utf-8"},
       {".json", "application/json"},
       {".jsonl", "text/plain; charset=utf-8"}}};
  const auto extension = file.extension().string();
  const auto* const found =
      std::ranges::find(known, extension, [](const auto& one) { return one.first; });
  return found == known.end() ? "" : found->second;
}

/// Whether the attempt said that it left a file of that name.
bool was_left(const RunHistory& history, const AttemptKey& key, const std::string& name) {
  return std::ranges::any_of(history.events, [&](const StoredEvent& stored) {
    const auto* said = std::get_if<AttemptReported>(&stored.event.body);
    return said != nullptr && said->key == key &&
           std::ranges::find(said->artifacts, name) != said->artifacts.end();
  });
}

/// Where it really lies, for who opens it again.
std::string real_path(const OpenedFile& file) {
  std::error_code why;
  return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", file.file.get()), why);
}

}  // namespace

ApiAnswer answer_step(const ApiWiring& wiring, const ApiRequest& request) {
  const auto run = wiring.runs.named(request.parts.at(0));
  return json_answer(run->with([&](const RunHistory& history) {
    const auto& plan = history.campaign->plan();
    StepHeading heading;
    heading.place = step_at(plan, request);
    heading.run_folder = run_folder(plan.run_file);
    if (heading.place.list == StepList::Main) {
      const auto& state = history.campaign->state();
      const auto step = summarize_step(plan, state, heading.place.index, state.last_seen);
      heading.state = step.state;
      heading.environment = step.environment;
    }
    return step_story_json(heading,
                           story_of(history.events, heading.place.list, heading.place.step->title));
  }));
}

ApiAnswer answer_output(const ApiWiring& wiring, const ApiRequest& request) {
  const auto run = wiring.runs.named(request.parts.at(0));
  const auto place =
      run->with([&](const RunHistory& history) { return attempt_at(history, request); });
  std::error_code ignored;
  const bool ended = !place.open || std::filesystem::exists(place.folder / "exit.json", ignored);
  const KeptOutput output{place.folder};  // behind the question whether it has ended
  return json_answer(output_json(output, output_range(request, output), ended));
}

ApiAnswer answer_artifact(const ApiWiring& wiring, const ApiRequest& request) {
  const auto run = wiring.runs.named(request.parts.at(0));
  const auto& name = request.parts.at(4);
  const auto folder = run->with([&](const RunHistory& history) {
    const auto place = attempt_at(history, request);
    return was_left(history, place.key, name) ? place.folder : std::filesystem::path{};
  });
  const auto file = folder.empty() ? std::nullopt : open_beneath(folder, name);
  if (!file) {
    throw ApiRefused{404, "the attempt has left no file of that name, or it is gone"};
  }
  ApiAnswer answer;
  const auto mime = mime_of(name);
  answer.type = mime.empty() ? "application/octet-stream" : mime;
  answer.headers["Content-Security-Policy"] = "sandbox";
  answer.headers["X-Content-Type-Options"] = "nosniff";
  if (mime.empty()) {
    answer.headers["Content-Disposition"] = "attachment";
  }
  if (file->size <= kMostInMemory) {
    answer.body = bytes_of(*file, 0, static_cast<std::size_t>(file->size));
  } else {
    answer.file = FileSlice{.path = real_path(*file), .offset = 0, .length = file->size};
  }
  return answer;
}

}  // namespace fat
