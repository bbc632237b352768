// "top_plate in [273, ] K" of a task's parameter -> whether channels of station.ini are there.
#pragma once

#include <string>
#include <vector>

#include "fat/model/channel_setting.hpp"
#include "fat/model/validity.hpp"
#include "fat/ports/channels.hpp"
#include "fat/ports/task.hpp"

namespace fat {

/// Throws std::runtime_error when station.ini declares none.
const Channels& channels_of(const TaskContext& context);

/// "none": {}. Throws std::runtime_error when the text is not of that form.
std::vector<Window> windows_argument(const TaskContext& context, const std::string& name);
std::vector<NamedSetting> settings_argument(const TaskContext& context, const std::string& name);

/// Valid and inside; never when nobody knows.
bool is_inside(const Window& window, const ChannelValue& value);

/// "top_plate is 271.9 K", "top_plate is stale: ...".
std::string in_words(const Window& window, const ChannelValue& value);

/// The same, and where it should be.
std::string wanted_in_words(const Window& window, const ChannelValue& value);

}  // namespace fat
