// Problems as they are found -> each of them once, in order, not more than a person can use.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "fat/model/problem.hpp"

namespace fat {

/// Collects the problems of one or more files.
class ProblemList {
 public:
  /// The same problem at the same place is kept once. Past the limit problems are only counted.
  void add(Problem problem);
  void error(SourceLine where, std::string message);
  void warning(SourceLine where, std::string message);
  void note(SourceLine where, std::string message);

  /// "; did you mean ...?", or "" once so many problems are known that nobody reads on.
  std::string suggest(std::string_view word, const std::vector<std::string>& candidates) const;

  /// Every problem, and how many more there were. Leaves the list empty.
  std::vector<Problem> take();

 private:
  std::vector<Problem> problems_;
  std::unordered_set<std::string> seen_;
  std::size_t left_out_ = 0;
  bool left_out_errors_ = false;
};

}  // namespace fat
