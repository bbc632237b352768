#include "disable_laser.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace fat {

TaskExit disable_laser(const TaskContext& context) {
  if (context.instruments == nullptr) {
    throw std::runtime_error{"there are no instruments: station.ini declares none"};
  }
  const auto& name = context.arguments.at("generator");
  context.instruments->generator(name)->set_output(false);  // it reads back, or throws
  context.reporter.report(MessageReport{fmt::format("the output of {} is off", name), "info"});
  return TaskExit::Done;
}

}  // namespace fat
