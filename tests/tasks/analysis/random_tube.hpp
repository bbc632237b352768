// A seed -> what a photomultiplier would give: charges of single electrons, now and then two, and
// noise.
#pragma once

#include <cmath>
#include <random>
#include <vector>

namespace fat {

class RandomTube {
 public:
  explicit RandomTube(unsigned seed) : random_(seed) {
    exponent_ = std::uniform_real_distribution{5.8, 7.4}(random_);
    nominal_ = std::uniform_real_distribution{1250.0, 1650.0}(random_);
    spread_ = std::uniform_real_distribution{0.28, 0.38}(random_);
  }

  /// V; where the mean charge of one electron is 1.602 pC.
  double nominal() const { return nominal_; }

  double exponent() const { return exponent_; }

  double gain(double voltage) const { return 1e7 * std::pow(voltage / nominal_, exponent_); }

  /// pC; only those that pass a threshold of a quarter electron of the tube at its nominal voltage.
  std::vector<double> charges(double voltage, std::size_t count) {
    const double mean = gain(voltage) * 1.602176620e-7;
    std::normal_distribution one{mean, spread_ * mean};
    std::normal_distribution noise{0.0, 0.02};
    std::bernoulli_distribution two{0.02};
    std::vector<double> found;
    while (found.size() < count) {
      const double charge = one(random_) + (two(random_) ? one(random_) : 0.0) + noise(random_);
      if (charge > 0.25 * 1.602) {
        found.push_back(charge);
      }
    }
    return found;
  }

 private:
  std::mt19937 random_;
  double exponent_ = 7, nominal_ = 1500, spread_ = 0.35;
};

}  // namespace fat
