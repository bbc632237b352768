// A virtual station inside this process.
#include "fat/sim/station_thread.hpp"

#include <sys/eventfd.h>

namespace fat {

StationThread::StationThread(const VirtualStationOptions& options)
    : station_(options),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { station_.serve(stop_.get()); }) {}

StationThread::~StationThread() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

}  // namespace fat
