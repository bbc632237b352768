// What steps took before -> what they are expected to take, and lengths that vary as those did.
// Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "fat/engine/chance.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// Durations of past attempts that ended done, newest first; empty when there are none.
struct PastDurations {
  std::vector<Microseconds> durations;
  bool same_parameters = true;  ///< false: of the same task with other parameters
};

/// Asks the station's history about one step. May be empty: nothing is known.
using Past = std::function<PastDurations(const Step&)>;

/// What an expected length rests on, the best first.
enum class LengthBasis { SameParameters, SameTask, Estimate, Guess };

/// Of a step that never ran on this station and whose task names no estimate.
constexpr Microseconds kGuessedLength = std::chrono::minutes{10};

using Seconds = std::chrono::duration<double>;

/// The lengths of the steps of a plan. Steps with the same content are one kind: they share a past,
/// and being wrong about it is being wrong about all of them. How much a kind with a short past
/// varies is learned from all others; before any of them ran twice, 40 % is taken.
class Lengths {
 public:
  explicit Lengths(Past past) : past_(std::move(past)) {}

  /// Number of the step's kind; asks the past when it is a new one. Costs a fingerprint.
  std::size_t kind_of(const Step& step);

  /// The step has run once more: the past is asked again about all that may have learned from it.
  void forget(const Step& step);

  bool empty() const { return kinds_.empty(); }

  LengthBasis basis(std::size_t kind) const { return kinds_[kind].basis; }

  /// What is expected on average.
  Microseconds expected(std::size_t kind) const;

 private:
  friend class Draw;

  struct Kind {
    Step step;
    LengthBasis basis = LengthBasis::Guess;
    std::vector<double> samples;    ///< s
    std::vector<double> residuals;  ///< sample / mean, spread as the whole of which they are a part
    double mean = 0;                ///< s
    bool stale = true;
  };

  void learn(Kind& kind) const;
  void pool();

  Past past_;
  std::vector<Kind> kinds_;
  std::unordered_map<std::string, std::size_t> by_fingerprint_;
  std::vector<double> pool_;  ///< residuals of all kinds
  double spread_ = 0;         ///< of the pool: standard deviation
  bool stale_ = true;
};

/// One possible future: how long every kind really is, and how each attempt varies. The same seed
/// gives the same future.
class Draw {
 public:
  /// `lengths` must not change while this lives.
  Draw(Lengths& lengths, std::uint64_t seed);

  Seconds length(std::size_t kind);
  /// Of an attempt that has run for `ran` already: longer than that. One that runs longer than any
  /// before is given about half as long again.
  Seconds length_beyond(std::size_t kind, Seconds ran);

 private:
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

  double level(const Lengths::Kind& kind);
  double residual(const Lengths::Kind& kind);
  double around(double factor);

  const Lengths& lengths_;
  Chance chance_;
  std::vector<double> levels_;  ///< by kind, s; drawn when it is first needed
};

}  // namespace fat
