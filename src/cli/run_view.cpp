#include "cli/run_view.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fat/model/quantity.hpp"
#include "fat/people/status_text.hpp"
#include "fat/people/terminal_mode.hpp"

namespace fat {

namespace {

/// Width of the pages other terminals ask for: they say theirs, within reason.
int asked_width(const std::string& path) {
  const auto at = path.find("?width=");
  if (at == std::string::npos) {
    return 80;
  }
  const auto width = parse_integer(path.substr(at + 7));
  return width ? static_cast<int>(std::clamp(*width, 40LL, 400LL)) : 80;
}

ControlAnswer text_page(const std::string& text) {
  using Json = nlohmann::json;
  return {.status = 200,
          .body = Json{{"text", text}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

/// Costs nothing: nobody has to look at a step for it.
ControlAnswer changes_page(const std::string& path, const RunState& state) {
  const auto at = path.find("?since=");
  const auto since = at == std::string::npos ? std::string{} : path.substr(at + 7);
  return {.status = 200, .body = changes_json(state.counters, since)};
}

std::optional<ControlAnswer> page(const ControlRequest& request,
                                  const std::function<RunSummary()>& summarize,
                                  const RunCampaign& campaign,
                                  const Clock& clock) {
  if (request.path == "/v1/changes" || request.path.starts_with("/v1/changes?")) {
    return changes_page(request.path, campaign.state());
  }
  const bool known =
      request.path.starts_with("/v1/status.txt") || request.path.starts_with("/v1/why.txt");
  if (!known) {
    return std::nullopt;
  }
  const auto summary = summarize();
  const int width = asked_width(request.path);
  if (request.path.starts_with("/v1/status.txt")) {
    return text_page(status_text(summary, clock.now(), width));
  }
  return text_page(why_text(summary, clock.now(), width));
}

}  // namespace

std::string changes_json(const ChangeCounters& counters, const std::string& mark) {
  nlohmann::ordered_json json{{"changed", change_mark(counters) != mark}};
  json.update(nlohmann::ordered_json::parse(to_json_text(counters)));
  return json.dump();
}

RunView::RunView(RunViewOptions options)
    : options_(std::move(options)),
      log_({.folder = options_.folder,
            .run = options_.run,
            .mode = options_.shared ? 0660U : 0600U,
            .echo = can_show_live_view(STDOUT_FILENO) ? -1 : STDOUT_FILENO,
            .complain = {}}) {
  if (!can_show_live_view(STDOUT_FILENO)) {
    return;
  }
  LiveViewOptions live;
  live.input = STDIN_FILENO;
  live.output = STDOUT_FILENO;
  live.colour = wants_colour(STDOUT_FILENO);
  live.answer = [this](const TypedAnswer& typed) {
    return loop_
        ->request({.kind = VerbKind::Answer,
                   .who = options_.by,
                   .step = {},
                   .value = typed.value,
                   .reason = typed.reason,
                   .prompt = typed.prompt,
                   .edits = {}})
        .text;
  };
  view_ = std::make_unique<LiveView>(std::move(live));
}

std::vector<Observer*> RunView::observers() {
  std::vector<Observer*> all{&log_};
  if (view_) {
    all.push_back(view_.get());
  }
  return all;
}

void RunView::attach(RunLoop& loop, const RunCampaign& campaign, const Clock& clock) {
  loop_ = &loop;
  loop.serve_pages([&campaign, &clock](const ControlRequest& request,
                                       const std::function<RunSummary()>& summarize) {
    return page(request, summarize, campaign, clock);
  });
  if (!view_) {
    return;
  }
  loop.every(std::chrono::seconds{1},
             [this, &campaign, &clock] { view_->tick(campaign, clock.now()); });
  if (view_->input_fd() >= 0) {
    loop.watch(view_->input_fd(), [this, &campaign, &clock] {
      view_->on_input(campaign, clock.now());
      return view_->input_fd() >= 0;
    });
  }
}

void RunView::alarm(const std::string& text, const Instant& now) {
  for (auto* observer : observers()) {
    observer->alarm(text, now);
  }
  if (view_ && closed_) {  // then it is silent
    std::cerr << text << '\n';
  }
}

void RunView::close() {
  closed_ = true;
  if (view_) {
    view_->close();
  }
}

}  // namespace fat
