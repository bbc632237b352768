#include "cli/step_story.hpp"

#include <algorithm>
#include <map>
#include <ranges>

#include <fmt/format.h>

namespace fat {

namespace {

template <class T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

bool is_below(const std::string& file, const std::string& folder) {
  return file.starts_with(folder) && file.size() > folder.size() &&
         (folder.ends_with('/') || file[folder.size()] == '/');
}

/// What stands behind the name `code`, at this moment of the history.
std::optional<CodeStory> code_story(const KnownCode& known, const std::string& code) {
  const auto unit =
      std::ranges::find_if(known.units, [&](const auto& one) { return one.second.code == code; });
  if (code.empty() || unit == known.units.end()) {
    return std::nullopt;
  }
  CodeStory story;
  story.unit = unit->second;
  for (const auto& path : story.unit.files) {
    if (const auto file = known.files.find(path); file != known.files.end()) {
      story.files.push_back(file->second);
    }
  }
  std::ranges::copy_if(
      known.repositories, std::back_inserter(story.repositories), [&](const auto& one) {
        return std::ranges::any_of(story.unit.files,
                                   [&](const auto& file) { return is_below(file, one.folder); });
      });
  return story;
}

class Teller {
 public:
  Teller(StepList list, const std::string& title) : list_(list), title_(title) {}

  void take(const Event& event) {
    event_ = &event;
    std::visit([this](const auto& body) { on(body); }, event.body);
  }

  StepStory story() && { return std::move(story_); }

 private:
  void on(const AttemptStarted& body);
  void on(const CodeSeen& body);
  void on(const AttemptAdopted& body);
  void on(const AttemptReported& body);
  void on(const AttemptEnded& body);
  void on(const StepResolved& body);
  void on(const StepReopened& body);
  void on(const AbortStepRequested& body);
  void on(const PromptOpened& body);
  void on(const PromptAnswered& body);

  template <class Body>
  void on(const Body&) {}  // says nothing about one step

  bool is_meant(const AttemptKey& key) const {
    return key.list == list_ && (list_ == StepList::Backup || key.title == title_);
  }

  bool is_meant(const std::string& title) const {
    return list_ == StepList::Main && title == title_;
  }

  AttemptStory* find(const AttemptKey& key);
  void decided(std::string text, const std::string& reason);

  StepList list_;
  const std::string& title_;
  const Event* event_ = nullptr;
  StepStory story_;
  KnownCode code_;
  std::map<int, std::string> questions_;  ///< of this step, by number
};

AttemptStory* Teller::find(const AttemptKey& key) {
  if (!is_meant(key)) {
    return nullptr;
  }
  auto newest_first = story_.attempts | std::views::reverse;
  const auto found =
      std::ranges::find_if(newest_first, [&](const auto& one) { return one.start.key == key; });
  return found == newest_first.end() ? nullptr : &*found;
}

void Teller::decided(std::string text, const std::string& reason) {
  text += reason.empty() ? "" : ": " + reason;
  story_.decisions.push_back({.at = event_->at.wall, .who = event_->who, .text = std::move(text)});
}

void Teller::on(const AttemptStarted& body) {
  if (is_meant(body.key)) {
    const auto before = story_.attempts.empty() ? body.code : story_.attempts.back().start.code;
    story_.attempts.push_back({.start = body, .started = event_->at.wall});
    story_.attempts.back().code = code_story(code_, body.code);
    if (auto& code = story_.attempts.back().code) {
      code->changed = before != body.code;
    }
  }
}

void Teller::on(const CodeSeen& body) {
  code_.add(body);
}

void Teller::on(const AttemptAdopted& body) {
  if (auto* attempt = find(body.key)) {
    attempt->adopted = true;
  }
}

void Teller::on(const AttemptReported& body) {
  auto* attempt = find(body.key);
  if (attempt == nullptr) {
    return;
  }
  append(attempt->said.measurements, body.measurements);
  append(attempt->said.verdicts, body.verdicts);
  append(attempt->said.modules, body.modules);
  append(attempt->said.messages, body.messages);
  append(attempt->said.artifacts, body.artifacts);
  if (!body.checkpoint.empty()) {
    attempt->said.checkpoint = body.checkpoint;
  }
}

void Teller::on(const AttemptEnded& body) {
  if (auto* attempt = find(body.key)) {
    attempt->end = body;
    attempt->ended = event_->at.wall;
  }
}

void Teller::on(const StepResolved& body) {
  if (is_meant(body.title)) {
    decided(fmt::format("said to be {}", to_string(body.outcome)), body.reason);
  }
}

void Teller::on(const StepReopened& body) {
  if (is_meant(body.title)) {
    decided("to be done again", body.reason);
  }
}

void Teller::on(const AbortStepRequested& body) {
  if (is_meant(body.title)) {
    decided(fmt::format("asked to end, then {}", to_string(body.then)), body.reason);
  }
}

void Teller::on(const PromptOpened& body) {
  if (is_meant(body.prompt.step)) {
    questions_[body.prompt.id] = body.prompt.text;
    decided(fmt::format("question {}", body.prompt.id), body.prompt.text);
  }
}

void Teller::on(const PromptAnswered& body) {
  if (questions_.contains(body.id)) {
    decided(fmt::format("answered question {} with {}", body.id, body.value), body.reason);
  }
}

}  // namespace

StepStory story_of(const std::vector<StoredEvent>& events,
                   StepList list,
                   const std::string& title) {
  Teller teller{list, title};
  for (const auto& stored : events) {
    teller.take(stored.event);
  }
  return std::move(teller).story();
}

}  // namespace fat
