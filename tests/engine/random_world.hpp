// A story -> a bench, its people and its disasters, around the engine: deterministic.
#pragma once

#include <string>
#include <vector>

#include "engine/shell.hpp"
#include "engine/story.hpp"

namespace fat {

/// Plays one run: first the story, then a willing operator brings it to its end.
class RandomWorld {
 public:
  RandomWorld(const Story& story, ShellOptions options);

  /// Empty when every promise held, else the first that did not.
  std::string play();

  /// What happened, in the order in which it did; only with ShellOptions::tell.
  const std::vector<std::string>& sentences() const { return shell_.sentences(); }

 private:
  void happens(const Happening& happening);
  void happens(Kind kind);
  void a_process_ends();
  void a_process_reports();
  SignalRead freezer_at(double value) const;
  void a_process_asks();
  void processes_obey(bool all);
  void report_end(const AttemptKey& key);
  void time_passes(Microseconds longest);
  void a_person_speaks();
  Verb random_verb();
  void random_edits(Verb& verb);
  PlanEdit random_edit(const Plan& plan);
  std::string random_title(const Plan& plan);
  std::string random_step();
  void a_person_answers();
  void the_clock_is_stepped();
  void is_refused_in_words(const VerbReply& reply, const std::string& before);
  void come_back(const Happening& death);
  void fates(bool power_cut);
  SchedulerStarted random_start(bool power_cut);
  std::vector<EventBody> opening(const SchedulerStarted& how, bool redo);
  void open(const SchedulerStarted& how, bool redo);
  void help();
  void help_people();
  void is_well();
  Process* random_process();

  const Story& story_;
  Shell shell_;
  const Happening* death_ = nullptr;  ///< that is still to come
};

}  // namespace fat
