// Events that were published -> every listener's queue.
#include "web/event_hub.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

namespace fat {

namespace {

constexpr std::size_t kPartsOfBacklog = 4;  // more than one of them does not wait for more

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
  hub_.flush();  // what came before is the others'
  hub_.listeners_.push_back(this);
}

Listener::~Listener() {
  hub_.listeners_.remove(this);
}

void Listener::sent_up_to(std::uint64_t id) {
  sent_ = std::max(sent_, id);
}

/// False for one of which it is not known yet.
bool Listener::is_of_another(const EventBatch::Part& part) const {
  return run_ && part.of_a_run && part.run && part.run != run_;
}

std::size_t Listener::bytes_for_it(const EventBatch& batch) const {
  std::size_t bytes = 0, begin = 0;
  for (const auto& part : batch.parts) {
    bytes += is_of_another(part) ? 0 : part.end - begin;
    begin = part.end;
  }
  return bytes;
}

/// The text of all listeners, as long as nothing in it was sent before or is another run's.
SharedText Listener::text_for_it(const SharedBatch& batch) {
  std::string own;
  bool all = true;
  std::size_t begin = 0;
  for (auto part : batch->parts) {
    part.run = part.run ? part.run : hub_.run_;
    const bool unknown = run_ && part.of_a_run && !part.run;
    const bool wanted = !unknown && !is_of_another(part) && (!part.id || *part.id > sent_);
    if (wanted) {
      sent_ = part.id.value_or(sent_);
    } else if (all) {
      all = false;
      own = batch->text.substr(0, begin);
    }
    if (wanted && !all) {
      own.append(batch->text, begin, part.end - begin);
    }
    begin = part.end;
  }
  return all ? SharedText{batch, &batch->text}
             : std::make_shared<const std::string>(std::move(own));
}

std::vector<SharedText> Listener::take(std::size_t most) {
  std::vector<SharedText> texts;
  while (!waiting_.empty() && texts.size() < most) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= next.bytes;
    auto text = text_for_it(next.batch);
    if (!text->empty()) {
      texts.push_back(std::move(text));
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

void Listener::hear(const SharedBatch& batch, std::size_t most_bytes) {
  const auto bytes = over_ ? 0 : bytes_for_it(*batch);
  if (bytes == 0) {
    return;
  }
  bytes_ += bytes;
  if (bytes_ > most_bytes) {
    end();
    return;
  }
  waiting_.push_back({.batch = batch, .bytes = bytes});
  wake_();
}

void EventHub::learn(std::optional<std::uint64_t> run) {
  run_ = std::max(run_, run);  // none is before any
}

void EventHub::collect(const PublishedEvent& event) {
  learn(event.run);
  waiting_.text += *event.text;
  waiting_.parts.push_back({.end = waiting_.text.size(),
                            .id = event.id,
                            .of_a_run = is_of_a_run(event.name),
                            .run = run_});
  if (waiting_.text.size() > backlog_bytes_ / kPartsOfBacklog) {
    flush();
  }
}

void EventHub::publish(const std::vector<PublishedEvent>& events) {
  for (const auto& event : events) {
    collect(event);
  }
  if (!resting_) {
    flush();
  }
}

void EventHub::rested() {
  resting_ = false;
  flush();
}

void EventHub::close() {
  flush();
  closed_ = true;
  for (auto* const listener : listeners_) {
    listener->wake_();
  }
}

void EventHub::flush() {
  if (waiting_.parts.empty()) {
    return;
  }
  if (!listeners_.empty()) {
    rest_();
    resting_ = true;
  }
  const auto batch = std::make_shared<const EventBatch>(std::exchange(waiting_, {}));
  for (auto* const listener : listeners_) {
    listener->hear(batch, backlog_bytes_);
  }
}

}  // namespace fat
