// Problems as they are found -> each of them once, in order.
#include "plan/problem_list.hpp"

#include <utility>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {
constexpr std::size_t kMaxProblems = 1000;
constexpr std::size_t kLongestMessage = 4096;
}  // namespace

void ProblemList::add(Problem problem) {
  if (problems_.size() >= kMaxProblems) {
    ++left_out_;
    left_out_errors_ = left_out_errors_ || problem.severity == Severity::Error;
    return;
  }
  // Messages quote the file, and a suggestion quotes another place of it.
  problem.message = plain_text(problem.message, kLongestMessage);
  auto identity =
      fmt::format("{}\n{}\n{}", problem.where.file, problem.where.line, problem.message);
  if (seen_.insert(std::move(identity)).second) {
    problems_.push_back(std::move(problem));
  }
}

void ProblemList::error(SourceLine where, std::string message) {
  add({Severity::Error, std::move(where), std::move(message)});
}

void ProblemList::warning(SourceLine where, std::string message) {
  add({Severity::Warning, std::move(where), std::move(message)});
}

void ProblemList::note(SourceLine where, std::string message) {
  add({Severity::Note, std::move(where), std::move(message)});
}

std::string ProblemList::suggest(std::string_view word,
                                 const std::vector<std::string>& candidates) const {
  return problems_.size() < kMaxProblems ? did_you_mean(word, candidates) : "";
}

std::vector<Problem> ProblemList::take() {
  if (left_out_ > 0) {
    problems_.push_back({left_out_errors_ ? Severity::Error : Severity::Warning,
                         {problems_.back().where.file, 0},
                         fmt::format("and {} more problems like these", left_out_)});
  }
  left_out_ = 0;
  left_out_errors_ = false;
  seen_.clear();
  return std::exchange(problems_, {});
}

}  // namespace fat
