#include "fat/engine/eta.hpp"

#include <algorithm>
#include <cmath>

#include "engine/questions.hpp"
#include "engine/retry.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

/// Possible futures that are played: less for long plans, whose sums vary less.
constexpr std::size_t kDraws = 200'000, kFewest = 60, kMost = 400;
constexpr Microseconds kRemembered = std::chrono::seconds{1};
constexpr Microseconds kRememberedAtRest = std::chrono::seconds{5};

WallTime operator+(WallTime when, Seconds time) {
  return when + std::chrono::round<Microseconds>(time);
}

/// `moments` are seconds after `now`.
TimeRange range_of(std::vector<double>& moments, WallTime now) {
  std::ranges::sort(moments);
  const auto at = [&](double part) {
    const auto place = part * static_cast<double>(moments.size() - 1);
    return now + Seconds{moments[static_cast<std::size_t>(std::lround(place))]};
  };
  return {.early = at(0.1), .likely = at(0.5), .late = at(0.9)};
}

}  // namespace

/// What is still to come of a run, in lanes: a step in the background goes on while those that do
/// not collide with it follow.
class Ahead {
 public:
  Ahead(Forecast& forecast, const Plan& plan, const RunState& state, const Instant& now)
      : forecast_(forecast), plan_(plan), state_(state), now_(now) {
    eta_.asked = now.wall;
  }

  Eta eta();

 private:
  struct Piece {
    Forecast::Item item;
    Seconds before{0};           ///< until it is tried again
    std::optional<Seconds> ran;  ///< of a process that runs
    bool background = false;
    std::vector<std::size_t> waits_for;  ///< pieces in the background that have to end first
  };

  struct Moments {
    Seconds end, person;
  };

  void collect();
  void add_in_its_lane(const Step& step, const Forecast::Item& item);
  void add(StepList list, const Step& step, const Forecast::Item& item);
  void add_question(const Step& step, bool asked);
  void count(const Piece& piece);
  void play();
  Moments play(std::uint64_t seed);
  Seconds end_of(const Piece& piece, Seconds start, Draw& draw) const;
  void add_open_questions();

  const AttemptState* open_attempt(StepList list, const std::string& title) const;

  Forecast& forecast_;
  const Plan& plan_;
  const RunState& state_;
  const Instant& now_;
  std::vector<Piece> pieces_;
  std::vector<std::pair<const Step*, std::size_t>> background_;  ///< with their places in pieces_
  std::size_t last_main_ = 0;          ///< behind it all lanes have come to their end
  std::optional<std::size_t> person_;  ///< the first question's place in pieces_
  std::vector<Seconds> ends_;          ///< of pieces_, in the future that is played
  Eta eta_;
};

const AttemptState* Ahead::open_attempt(StepList list, const std::string& title) const {
  const auto found = std::ranges::find_if(state_.open, [&](const auto& one) {
    return one.start.key.list == list && one.start.key.title == title;
  });
  return found == state_.open.end() ? nullptr : &*found;
}

void Ahead::add(StepList list, const Step& step, const Forecast::Item& item) {
  const auto& known = *state_.step(list, step.title);
  const auto* open = known.open ? open_attempt(list, step.title) : nullptr;
  Piece piece{.item = item};
  if (known.last_end) {
    piece.before = retry_left(step, known, state_.time(now_)).value_or(Microseconds{0});
  }
  switch (item.kind) {
    case StepKind::Prompt:
      add_question(step, open != nullptr);
      break;
    case StepKind::Wait:
      if (open != nullptr && open->start.wait) {
        piece.item.fixed = open->since + *open->start.wait - state_.time(now_);
      } else if (known.wait_due) {
        piece.item.fixed = *known.wait_due - state_.time(now_);
      }
      break;
    case StepKind::Builtin:
    case StepKind::Python:
    case StepKind::Command:
      if (open != nullptr) {
        piece.ran = state_.time(now_) - open->since;
      }
      count(piece);
      break;
  }
  pieces_.push_back(piece);
}

void Ahead::add_question(const Step& step, bool asked) {
  if (asked) {
    return;  // counted with the open prompts
  }
  ++eta_.questions_ahead;
  if (!person_) {
    person_ = pieces_.size();
    auto& action = eta_.next_person ? eta_.then_person : eta_.next_person;
    action = {.step = step.title, .what = manual_input_question(step).text, .when = {}};
  }
}

void Ahead::count(const Piece& piece) {
  const auto basis = forecast_.lengths_.basis(piece.item.length);
  eta_.estimated_steps += basis == LengthBasis::Estimate ? 1 : 0;
  eta_.guessed_steps += basis == LengthBasis::Guess ? 1 : 0;
}

/// Whoever is waited for already.
void Ahead::add_open_questions() {
  const TimeRange at_once{.early = now_.wall, .likely = now_.wall, .late = now_.wall};
  eta_.questions_ahead = static_cast<int>(state_.prompts.size());
  if (!state_.prompts.empty()) {
    const auto& prompt = state_.prompts.begin()->second.asked.prompt;
    eta_.next_person = {.step = prompt.step, .what = prompt.text, .when = at_once};
  } else if (state_.paused) {
    eta_.next_person = {.step = {}, .what = "the run is paused", .when = at_once};
  }
}

/// Who waited for a step in the background has all that follow wait for it too.
void Ahead::add_in_its_lane(const Step& step, const Forecast::Item& item) {
  std::vector<std::size_t> waits_for;
  const auto has_to_end = [&](const auto& other) {
    const auto& [before, place] = other;
    const bool waits = std::ranges::find(step.after, before->title) != step.after.end() ||
                       collision(step.needs, before->needs);
    if (waits) {
      waits_for.push_back(place);
    }
    return waits && !step.background;
  };
  std::erase_if(background_, has_to_end);
  if (step.background) {
    background_.emplace_back(&step, pieces_.size());
  }
  add(StepList::Main, step, item);
  pieces_.back().background = step.background;
  pieces_.back().waits_for = std::move(waits_for);
}

void Ahead::collect() {
  auto& items = forecast_.main_;
  items.resize(plan_.steps.size());
  for (auto i = state_.set_up_cursor(); i < plan_.on_resume.size(); ++i) {
    add(StepList::OnResume, plan_.on_resume[i], forecast_.item(plan_.on_resume[i]));
  }
  const auto until = find_step(plan_.steps, state_.scheduler.until);
  const auto end = until ? *until + 1 : plan_.steps.size();
  for (auto i = state_.cursor(); i < end; ++i) {
    if (!state_.main_step(i).outcome && !state_.is_jumped_over(i)) {
      auto& item = items[i];
      if (!item) {
        item = forecast_.item(plan_.steps[i]);
      }
      add_in_its_lane(plan_.steps[i], *item);
    }
  }
  last_main_ = pieces_.size();
  for (const auto& action : plan_.safe_state) {
    add(StepList::SafeState, action, forecast_.item(action));
  }
}

Seconds Ahead::end_of(const Piece& piece, Seconds start, Draw& draw) const {
  start += piece.before;
  switch (piece.item.kind) {
    case StepKind::Prompt:
      return start;
    case StepKind::Wait:
      return piece.item.until ? std::max(start, Seconds{*piece.item.until - now_.wall})
                              : start + std::max(piece.item.fixed, Seconds{0});
    case StepKind::Builtin:
    case StepKind::Python:
    case StepKind::Command:
      break;
  }
  const auto ran = piece.ran.value_or(Seconds{0});
  auto length =
      piece.ran ? draw.length_beyond(piece.item.length, ran) : draw.length(piece.item.length);
  if (piece.item.timeout) {
    length = std::min<Seconds>(length, *piece.item.timeout);
  }
  return start + std::max(length - ran, Seconds{0});
}

/// One future.
Ahead::Moments Ahead::play(std::uint64_t seed) {
  Draw draw{forecast_.lengths_, seed};
  ends_.resize(pieces_.size());
  Seconds front{0}, all{0}, person{0};  // the next turn, the end of all lanes, the first question
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const auto& piece = pieces_[i];
    auto start = i >= last_main_ ? std::max(front, all) : front;
    for (const auto other : piece.waits_for) {
      start = std::max(start, ends_[other]);
    }
    if (person_ == i) {
      person = start;
    }
    ends_[i] = end_of(piece, start, draw);
    all = std::max(all, ends_[i]);
    front = piece.background ? front : ends_[i];
  }
  return {.end = std::max(front, all), .person = person};
}

void Ahead::play() {
  const auto futures = std::clamp(kDraws / (pieces_.size() + 1), kFewest, kMost);
  std::vector<double> ends, persons;
  for (std::size_t seed = 1; seed <= futures; ++seed) {
    const auto [end, person] = play(seed);
    ends.push_back(end.count());
    persons.push_back(person.count());
  }
  eta_.end = range_of(ends, now_.wall);
  if (person_) {
    const auto when = range_of(persons, now_.wall);
    if (eta_.then_person) {
      eta_.then_person->when = when;
    } else if (eta_.next_person) {
      eta_.next_person->when = when;
    }
  }
}

Eta Ahead::eta() {
  if (state_.ended) {
    return eta_;
  }
  add_open_questions();
  collect();
  play();
  return eta_;
}

Forecast::Item Forecast::item(const Step& step) {
  Item item{.kind = step.kind};
  item.timeout = step.timeout;
  if (step.kind == StepKind::Wait) {
    const auto* until = find_argument(step, "until");
    const auto* duration = find_argument(step, "duration");
    item.until = until == nullptr ? std::nullopt : parse_local_time(*until);
    item.fixed =
        (duration == nullptr ? std::nullopt : parse_duration(*duration)).value_or(Microseconds{0});
  } else if (step.kind != StepKind::Prompt) {
    item.length = lengths_.kind_of(step);
  }
  return item;
}

std::optional<Microseconds> Forecast::expected(const Step& step) {
  if (step.kind == StepKind::Wait || step.kind == StepKind::Prompt) {
    return std::nullopt;
  }
  const auto kind = lengths_.kind_of(step);
  return lengths_.basis(kind) == LengthBasis::Guess ? std::nullopt
                                                    : std::optional{lengths_.expected(kind)};
}

/// The end of one step of many changes little: that is looked at a second later.
void Forecast::tell(const Event& event, const Plan& plan, const RunState& state) {
  changed_ = true;
  if (const auto* ended = std::get_if<AttemptEnded>(&event.body)) {
    if (ended->outcome == Outcome::Done && !lengths_.empty()) {
      const auto* step = find_step(plan, ended->key.list, ended->key.title, state.cursor());
      if (step != nullptr) {
        lengths_.forget(*step);
      }
    }
    return;
  }
  if (std::holds_alternative<PlanAdopted>(event.body) ||
      std::holds_alternative<PlanEdited>(event.body)) {
    main_.clear();
  }
  const bool is_small = std::holds_alternative<AttemptStarted>(event.body) ||
                        std::holds_alternative<AttemptReported>(event.body);
  if (!is_small) {
    known_.reset();
  }
}

const Eta& Forecast::eta(const Plan& plan, const RunState& state, const Instant& now) {
  if (!known_ || elapsed(known_at_, now) >= (changed_ ? kRemembered : kRememberedAtRest)) {
    known_ = Ahead{*this, plan, state, now}.eta();
    known_at_ = now;
    changed_ = false;
  }
  return *known_;
}

Eta expect(const Plan& plan, const RunState& state, const Instant& now, const Past& past) {
  return Forecast{past}.eta(plan, state, now);
}

}  // namespace fat
