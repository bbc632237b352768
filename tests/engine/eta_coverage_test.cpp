// How good the expected end is: campaigns whose steps vary by 30 % and have outliers, predicted
// from the runs before, then played. The figures are printed.
#include <cmath>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"
#include "engine/choices.hpp"
#include "fat/engine/eta.hpp"

namespace fat {

namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

constexpr int kCampaigns = 160;

double uniform(Dice& dice) {
  return dice.number() / 4294967296.0;
}

double normal(Dice& dice) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) {
    sum += uniform(dice);
  }
  return sum;
}

/// A bench of steps between 1 min and 2 h. An attempt takes 30 % more or less than it usually does,
/// 3 of 100 three times as long.
class VaryingBench {
 public:
  VaryingBench(std::uint64_t seed, int steps, int repeated) : dice_(seed) {
    for (int i = 0; i < steps; ++i) {
      auto step = command(fmt::format("step {}", i));
      if (i < repeated) {
        step.command = "the same each time";
      }
      usual_.try_emplace(step.command, 60 * std::exp(uniform(dice_) * std::log(120.0)));
      plan_.steps.push_back(std::move(step));
    }
  }

  Microseconds attempt(const Step& step) {
    const double outlier = dice_.percent(3) ? 3 : 1;
    const double factor = std::max(0.2, 1 + (0.3 * normal(dice_)));
    return std::chrono::round<Microseconds>(Seconds{usual_.at(step.command) * factor * outlier});
  }

  void run_before() {
    for (const auto& step : plan_.steps) {
      remember(step, attempt(step));
    }
  }

  void remember(const Step& step, Microseconds took) {
    auto& past = past_[step.command];
    past.insert(past.begin(), took);
    past.resize(std::min<std::size_t>(past.size(), 20));
  }

  Past past() const {
    return [this](const Step& step) {
      const auto found = past_.find(step.command);
      return found == past_.end() ? PastDurations{} : PastDurations{.durations = found->second};
    };
  }

  const Plan& plan() const { return plan_; }

 private:
  Dice dice_;
  Plan plan_;
  std::map<std::string, double> usual_;
  std::map<std::string, std::vector<Microseconds>> past_;
};

struct Quality {
  int predictions = 0, covered = 0, within_20 = 0;
  double width = 0;  ///< of the range, in parts of what was left; sum

  void add(const TimeRange& said, WallTime now, WallTime truth) {
    const auto left = Seconds{truth - now}.count();
    ++predictions;
    covered += said.early <= truth && truth <= said.late ? 1 : 0;
    within_20 += std::abs(Seconds{said.likely - truth}.count()) <= 0.2 * left ? 1 : 0;
    width += Seconds{said.late - said.early}.count() / left;
  }

  double part(int number) const { return static_cast<double>(number) / predictions; }
};

struct Campaigns {
  const char* name = "";
  int steps = 60, repeated = 0, runs_before = 2;
  int done = 0;  ///< steps that have run when it is predicted
};

Quality predict(const Campaigns& what) {
  Quality quality;
  for (int seed = 1; seed <= kCampaigns; ++seed) {
    VaryingBench bench{static_cast<std::uint64_t>(seed), what.steps, what.repeated};
    for (int i = 0; i < what.runs_before; ++i) {
      bench.run_before();
    }
    BenchRun run{bench.plan()};
    for (int i = 0; i < what.done; ++i) {
      const auto& step = bench.plan().steps[static_cast<std::size_t>(i)];
      const auto took = bench.attempt(step);
      run.pass(took);
      run.done(step.title);
      bench.remember(step, took);
    }
    const auto now = run.clock.now();
    auto truth = now.wall;
    for (auto i = static_cast<std::size_t>(what.done); i < bench.plan().steps.size(); ++i) {
      truth += bench.attempt(bench.plan().steps[i]);
    }
    quality.add(*expect(run.plan(), run.state(), now, bench.past()).end, now.wall, truth);
  }
  std::cout << fmt::format(
      "{}: {:.0f} % end within 20 % of what was said; the range said to hold 80 % holds {:.0f} % "
      "and is {:.0f} % wide ({} campaigns, seeds 1 to {})\n",
      what.name,
      100 * quality.part(quality.within_20),
      100 * quality.part(quality.covered),
      100 * quality.width / quality.predictions,
      quality.predictions,
      kCampaigns);
  return quality;
}

TEST(EtaCoverage, AfterTwoRunsTheEndIsPredictedWithin20Percent) {
  const auto quality = predict({.name = "60 steps, two runs before"});

  EXPECT_GE(quality.part(quality.within_20), 0.9);
  EXPECT_THAT(quality.part(quality.covered), AllOf(Ge(0.7), Le(0.9)));
}

TEST(EtaCoverage, HoldsInTheMiddleOfARun) {
  const auto quality = predict({.name = "the second half of 60 steps", .done = 30});

  EXPECT_THAT(quality.part(quality.covered), AllOf(Ge(0.7), Le(0.9)));
}

TEST(EtaCoverage, HoldsForStepsThatAreRepeatedOften) {
  const auto quality = predict({.name = "60 steps, 40 of them alike", .repeated = 40});

  EXPECT_THAT(quality.part(quality.covered), AllOf(Ge(0.7), Le(0.9)));
}

TEST(EtaCoverage, HoldsForAFewSteps) {
  const auto quality = predict({.name = "3 steps, ten runs before", .steps = 3, .runs_before = 10});

  EXPECT_THAT(quality.part(quality.covered), AllOf(Ge(0.7), Le(0.9)));
}

TEST(EtaCoverage, NarrowsAsHistoryGrows) {
  const auto one = predict({.name = "60 steps, one run before", .runs_before = 1});
  const auto ten = predict({.name = "60 steps, ten runs before", .runs_before = 10});

  EXPECT_LT(ten.width, 0.8 * one.width);
  EXPECT_THAT(one.part(one.covered), AllOf(Ge(0.65), Le(0.95)));
  EXPECT_THAT(ten.part(ten.covered), AllOf(Ge(0.7), Le(0.9)));
}

}  // namespace

}  // namespace fat
