#include "fat/runner/bench_reader.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "fat/model/signals_away.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostOrders = 100;  // that wait for one instrument
constexpr auto kKeepsTheLink = std::chrono::seconds{1};
constexpr auto kTogether = std::chrono::milliseconds{20};  // what is due so soon is asked too

/// When each channel is due next, on the boot clock.
class Timetable {
 public:
  Timetable(const std::vector<ChannelEntry>& all,
            std::vector<std::size_t> channels,
            Microseconds now)
      : channels_(std::move(channels)), due_(channels_.size(), now) {
    for (const auto channel : channels_) {
      periods_.push_back(all[channel].period);
    }
  }

  /// Takes those that are due: their next time is a period later, and never in the past.
  std::vector<std::size_t> take_due(Microseconds now) {
    std::vector<std::size_t> taken;
    for (std::size_t place = 0; place < channels_.size(); ++place) {
      if (due_[place] > now + kTogether) {
        continue;
      }
      taken.push_back(channels_[place]);
      due_[place] += periods_[place];
      if (due_[place] <= now) {
        due_[place] = now + periods_[place];
      }
    }
    return taken;
  }

  Microseconds next() const { return *std::ranges::min_element(due_); }

  Microseconds shortest_period() const { return *std::ranges::min_element(periods_); }

 private:
  std::vector<std::size_t> channels_;
  std::vector<Microseconds> due_, periods_;
};

/// One order may be given twice before it is carried out.
TellOrder both(TellOrder one, TellOrder other) {
  return [one = std::move(one), other = std::move(other)](const BenchOrder& order,
                                                          const std::string& failure) {
    one(order, failure);
    other(order, failure);
  };
}

}  // namespace

BenchReader::BenchReader(const QuantitySources& sources,
                         const Clock& clock,
                         std::vector<ChannelEntry> channels,
                         TakeAnswer take,
                         TimeLapse* lapse)
    : sources_(sources),
      clock_(clock),
      lapse_(lapse),
      channels_(std::move(channels)),
      take_(std::move(take)) {
  for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
    instruments_[channels_[channel].instrument].channels.push_back(channel);
  }
}

void BenchReader::on_each_instrument(const Work& work, std::unique_ptr<TimeLapse::Part> part) {
  std::vector<std::jthread> threads;
  threads.reserve(instruments_.size());
  const SignalsAway away;
  for (auto& [name, instrument] : instruments_) {
    auto own = lapse_ == nullptr ? nullptr : std::make_unique<TimeLapse::Part>(*lapse_);
    threads.emplace_back(
        [&work, &name, &instrument, own = std::move(own)] { work(name, instrument); });
  }
  part.reset();
}

void BenchReader::wait_until(Microseconds due,
                             Instrument& instrument,
                             const std::stop_token& stop) {
  const auto rings = [&instrument] { return !instrument.orders.empty() || instrument.changed; };
  std::unique_lock lock{instrument.mutex};
  if (lapse_ != nullptr) {
    lapse_->wait(lock, stop, due, rings);
    return;
  }
  instrument.bell.wait_for(lock, stop, due - clock_.now().boot, rings);
}

void BenchReader::read_once() {
  on_each_instrument(
      [this](const std::string& name, Instrument& instrument) {
        std::unique_ptr<QuantitySource> source;
        read(name, instrument, source, instrument.channels);
      },
      nullptr);
}

void BenchReader::read_until(std::stop_token stop, std::unique_ptr<TimeLapse::Part> part) {
  on_each_instrument([this, &stop](const std::string& name,
                                   Instrument& instrument) { follow(name, instrument, stop); },
                     std::move(part));
}

void BenchReader::order(BenchOrder order, TellOrder tell) {
  const auto found = instruments_.find(order.instrument);
  if (found == instruments_.end()) {
    tell(order, fmt::format("no channel belongs to {}", order.instrument));
    return;
  }
  auto& instrument = found->second;
  std::vector<Order> given_way;
  std::unique_lock lock{instrument.mutex};
  if (order.urgent) {
    given_way = queue_urgent(instrument.orders, {std::move(order), std::move(tell)});
  } else if (instrument.orders.size() >= kMostOrders || has_urgent(instrument.orders, order)) {
    given_way.push_back({std::move(order), std::move(tell)});
  } else {
    instrument.orders.push_back({std::move(order), std::move(tell)});
  }
  instrument.bell.notify_all();
  lock.unlock();
  for (const auto& one : given_way) {
    one.tell(one.order, "something more urgent waits for this instrument");
  }
}

bool BenchReader::has_urgent(const std::vector<Order>& orders, const BenchOrder& order) {
  return std::ranges::any_of(orders, [&](const Order& one) {
    return one.order.urgent && one.order.channel == order.channel;
  });
}

/// In front of all that is not urgent, and in the place of what concerns the same channel. Returns
/// what gives way.
std::vector<BenchReader::Order> BenchReader::queue_urgent(std::vector<Order>& orders,
                                                          Order urgent) {
  std::vector<Order> given_way;
  std::vector<Order> kept;
  for (auto& one : orders) {
    const bool same = one.order.channel == urgent.order.channel;
    if (same && one.order.urgent && one.order.value == urgent.order.value) {
      urgent.tell = both(std::move(one.tell), std::move(urgent.tell));
    } else {
      (same ? given_way : kept).push_back(std::move(one));
    }
  }
  orders = std::move(kept);
  const auto place =
      std::ranges::find_if(orders, [](const Order& one) { return !one.order.urgent; });
  orders.insert(place, std::move(urgent));
  return given_way;
}

void BenchReader::lend(const std::string& instrument, BenchLoan loan, TellLent tell) {
  const auto found = instruments_.find(instrument);
  if (found == instruments_.end()) {
    tell(false, loan.panel ? "no channel belongs to it: nobody here speaks to it" : "");
    return;
  }
  const std::lock_guard lock{found->second.mutex};
  found->second.loan = std::move(loan);
  found->second.tell_lent = std::move(tell);
  found->second.changed = true;
  found->second.bell.notify_all();
}

void BenchReader::take_back(const std::string& instrument) {
  const auto found = instruments_.find(instrument);
  if (found == instruments_.end()) {
    return;
  }
  const std::lock_guard lock{found->second.mutex};
  found->second.loan.reset();
  found->second.tell_lent = {};
  found->second.changed = true;
  found->second.bell.notify_all();
}

void BenchReader::share(const std::string& instrument, bool shared) {
  const auto found = instruments_.find(instrument);
  if (found == instruments_.end()) {
    return;
  }
  const std::lock_guard lock{found->second.mutex};
  found->second.changed = found->second.changed || found->second.shared != shared;
  found->second.shared = shared;
  found->second.bell.notify_all();
}

bool BenchReader::keeps_link(Instrument& instrument) {
  const std::lock_guard lock{instrument.mutex};
  return !instrument.shared && !instrument.loan;
}

bool BenchReader::let_link_go(const std::string& name,
                              Instrument& instrument,
                              std::unique_ptr<QuantitySource>& source) {
  std::unique_lock lock{instrument.mutex};
  instrument.changed = false;
  if (!instrument.loan) {
    return false;
  }
  const auto tell = std::exchange(instrument.tell_lent, {});
  const bool panel = instrument.loan->panel;
  lock.unlock();
  if (!tell) {
    return true;
  }
  bool told = false;
  std::string failure;
  try {
    if (panel && !source) {
      source = sources_.open(name);
    }
    told = panel && source->release();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  source.reset();
  tell(told, failure);
  return true;
}

void BenchReader::show_lent(Instrument& instrument, const Channels& channels) {
  std::unique_lock lock{instrument.mutex};
  const auto why = instrument.loan ? instrument.loan->to : std::string{};
  lock.unlock();
  deliver(channels, std::vector<RawReading>(channels.size(), RawReading{{}, why, true}), {});
}

void BenchReader::follow(const std::string& name,
                         Instrument& instrument,
                         const std::stop_token& stop) {
  Timetable timetable{channels_, instrument.channels, clock_.now().boot};
  const bool keeps = timetable.shortest_period() < kKeepsTheLink;
  std::unique_ptr<QuantitySource> source;
  bool was_lent = false;
  while (!stop.stop_requested()) {
    carry_out_orders(name, instrument, source);
    const bool lent = let_link_go(name, instrument, source);
    auto due = timetable.take_due(clock_.now().boot);
    if (lent != std::exchange(was_lent, lent)) {
      due = instrument.channels;  // all of them say so at once
    }
    if (lent) {
      show_lent(instrument, due);
    } else if (!due.empty()) {
      read(name, instrument, source, due);
    }
    if (!keeps || !keeps_link(instrument)) {
      source.reset();
    }
    wait_until(timetable.next(), instrument, stop);
  }
  carry_out_orders(name, instrument, source);  // what was ordered is not forgotten at the end
}

BenchReader::Channels BenchReader::carry_out_orders(const std::string& name,
                                                    Instrument& instrument,
                                                    std::unique_ptr<QuantitySource>& source) {
  std::unique_lock lock{instrument.mutex};
  const auto orders = std::exchange(instrument.orders, {});
  const bool lent = instrument.loan.has_value();
  lock.unlock();
  Channels set;
  for (const auto& order : orders) {
    if (!order.order.reads.empty()) {
      lent ? show_lent(instrument, order.order.reads)
           : read_at_once(name, order.order.reads, source);
      set.insert(set.end(), order.order.reads.begin(), order.order.reads.end());
      order.tell(order.order, {});
      continue;
    }
    carry_out(name, order, source);
    if (order.order.channel) {
      set.push_back(*order.order.channel);
    }
  }
  return set;
}

void BenchReader::read_at_once(const std::string& name,
                               const Channels& channels,
                               std::unique_ptr<QuantitySource>& source) {
  std::vector<QuantityName> wanted;
  wanted.reserve(channels.size());
  for (const auto channel : channels) {
    wanted.push_back(channels_.at(channel).source);
  }
  std::vector<RawReading> answers;
  try {
    if (!source) {
      source = sources_.open(name);
    }
    answers = source->read_all(wanted);
  } catch (const std::exception& error) {
    answers.assign(channels.size(), RawReading{{}, error.what()});
  }
  deliver(channels, answers, {});
}

void BenchReader::carry_out(const std::string& name,
                            const Order& order,
                            std::unique_ptr<QuantitySource>& source) {
  std::string failure = order.order.objection ? order.order.objection() : std::string{};
  if (!failure.empty()) {
    order.tell(order.order, failure);
    return;
  }
  try {
    if (!source) {
      source = sources_.open(name);
    }
    if (const auto channel = order.order.channel) {
      source->set(channels_.at(*channel).source, order.order.value);
      deliver({*channel}, source->read_all({channels_.at(*channel).source}), {});
    } else {
      source->make_safe();
    }
  } catch (const std::exception& error) {
    failure = error.what();
  }
  order.tell(order.order, failure);
}

void BenchReader::read(const std::string& name,
                       Instrument& instrument,
                       std::unique_ptr<QuantitySource>& source,
                       const Channels& channels) {
  std::vector<QuantityName> wanted;
  wanted.reserve(channels.size());
  for (const auto channel : channels) {
    wanted.push_back(channels_[channel].source);
  }
  std::vector<RawReading> answers;
  Channels set;  // in the middle of the round: what they showed before is no news
  try {
    if (!source) {
      source = sources_.open(name);
    }
    answers = source->read(wanted, [&] {
      const auto done = carry_out_orders(name, instrument, source);
      set.insert(set.end(), done.begin(), done.end());
    });
  } catch (const std::exception& error) {
    source.reset();
    answers.assign(channels.size(), RawReading{{}, error.what()});
  }
  deliver(channels, answers, set);
}

void BenchReader::deliver(const Channels& channels,
                          const std::vector<RawReading>& answers,
                          const Channels& without) {
  const auto now = clock_.now();
  const std::lock_guard lock{mutex_};
  for (std::size_t place = 0; place < channels.size(); ++place) {
    if (std::ranges::find(without, channels[place]) == without.end()) {
      take_(channels[place], answers.at(place), now);
    }
  }
}

}  // namespace fat
