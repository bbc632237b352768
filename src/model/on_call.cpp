// Who is called first, and who next.
#include "fat/model/on_call.hpp"

#include <algorithm>
#include <tuple>

namespace fat {

std::vector<std::string> first_called(const OnCall& on_call) {
  std::vector<std::string> names;
  for (const auto& name : {on_call.shifter, on_call.expert}) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

std::optional<std::string> next_called(const CallBook& book, const Alert& alert) {
  const auto& order = alert.escalate.empty() ? book.on_call.escalate : alert.escalate;
  const auto found = std::ranges::find_if(order, [&](const std::string& name) {
    return std::ranges::find(alert.called, name) == alert.called.end();
  });
  return found == order.end() ? std::nullopt : std::optional{*found};
}

bool is_later_reply(const std::string& ts, const std::string& than) {
  const auto parts = [](const std::string& text) {  // digits, a point, six digits
    const auto point = text.find('.');
    const auto seconds = text.substr(0, point);
    return std::tuple{
        seconds.size(), seconds, point == std::string::npos ? "" : text.substr(point)};
  };
  const bool digits = !ts.empty() && ts.find_first_not_of("0123456789.") == std::string::npos;
  return digits && parts(ts) > parts(than);
}

const Alert* find_alert(const CallBook& book, const std::string& id) {
  const auto found = std::ranges::find(book.alerts, id, &Alert::id);
  return found == book.alerts.end() ? nullptr : &*found;
}

}  // namespace fat
