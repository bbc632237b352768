// Events that were published -> every listener's queue.
#include "web/event_hub.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

namespace fat {

namespace {

/// A line of the stream's form, whatever stands in the text.
void add_lines(std::string& text, const char* field, std::string_view value) {
  do {
    const auto end = std::min(value.find_first_of("\r\n"), value.size());
    text.append(field).append(": ").append(value.substr(0, end)).append("\n");
    value.remove_prefix(std::min(end + 1, value.size()));
  } while (!value.empty());
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of(std::string_view{"\r\n\0", 3}));
}

/// Those that tell of one run only.
bool is_of_a_run(const std::string& name) {
  return name == "journal" || name == "status" || name == "reload";
}

}  // namespace

SharedText event_text(const StreamEvent& event) {
  std::string text;
  add_lines(text, "event", first_line(event.name));
  if (!event.id.empty()) {
    add_lines(text, "id", first_line(event.id));
  }
  add_lines(text, "data", event.data ? std::string_view{*event.data} : std::string_view{"{}"});
  text += "\n";
  return std::make_shared<const std::string>(std::move(text));
}

std::optional<std::uint64_t> event_number(const std::string& id) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool all = error == std::errc{} && end == id.data() + id.size() && !id.empty();
  return all ? std::optional{number} : std::nullopt;
}

std::optional<std::uint64_t> run_named_in(const std::string& data) {
  const auto json = nlohmann::json::parse(data, nullptr, false);
  const auto run = json.is_object() ? json.find("run") : json.end();
  const bool named = json.is_object() && run != json.end() && run->is_number_unsigned();
  return named ? std::optional{run->get<std::uint64_t>()} : std::nullopt;
}

PublishedEvent to_published(const StreamEvent& event) {
  return {.name = event.name,
          .id = event_number(event.id),
          .run = event.name == "run" && event.data ? run_named_in(*event.data) : std::nullopt,
          .text = event_text(event)};
}

Listener::Listener(EventHub& hub, std::optional<std::uint64_t> run, std::function<void()> wake)
    : hub_(hub), run_(run), wake_(std::move(wake)) {
  hub_.listeners_.push_back(this);
}

Listener::~Listener() {
  hub_.listeners_.remove(this);
}

void Listener::sent_up_to(std::uint64_t id) {
  sent_ = std::max(sent_, id);
}

std::vector<SharedText> Listener::take(std::size_t most) {
  std::vector<SharedText> texts;
  while (!waiting_.empty() && texts.size() < most) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= next.text->size();
    const bool of_another = next.of_a_run && hub_.run_ != run_;
    if (!of_another && (!next.id || *next.id > sent_)) {
      sent_ = next.id.value_or(sent_);
      texts.push_back(std::move(next.text));
    }
  }
  return texts;
}

void Listener::end() {
  over_ = true;
  waiting_.clear();
  bytes_ = 0;
  wake_();
}

void Listener::hear(const PublishedEvent& event, std::size_t most_bytes) {
  const bool of_a_run = run_ && is_of_a_run(event.name);
  if (over_ || (of_a_run && hub_.run_ && hub_.run_ != run_)) {
    return;
  }
  bytes_ += event.text->size();
  if (bytes_ > most_bytes) {
    end();
    return;
  }
  waiting_.push_back({.id = event.id, .of_a_run = of_a_run && !hub_.run_, .text = event.text});
  wake_();
}

void EventHub::learn(std::optional<std::uint64_t> run) {
  run_ = std::max(run_, run);  // none is before any
}

void EventHub::publish(const PublishedEvent& event) {
  learn(event.run);
  for (auto* const listener : listeners_) {
    listener->hear(event, backlog_bytes_);
  }
}

}  // namespace fat
