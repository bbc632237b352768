#include <algorithm>
#include <cctype>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace options = boost::program_options;

namespace {

bool is_operand(const OptionInfo& option) {
  return !option.name.starts_with('-');
}

/// The name Program_options wants: "batch" for "--batch", "follow,f" for "--follow,-f".
std::string library_name(const OptionInfo& option) {
  std::string const name = option.name;
  std::string plain;
  for (const char c : name) {
    if (c != '-' || (!plain.empty() && plain.back() != ',')) {
      plain += c;
    }
  }
  return plain;
}

std::string long_name(const OptionInfo& option) {
  const auto name = library_name(option);
  return name.substr(0, name.find(','));
}

options::options_description describe(const std::vector<OptionInfo>& known) {
  options::options_description description;
  for (const auto& option : known) {
    const auto name = library_name(option);
    if (!is_operand(option) && option.value.empty()) {
      description.add_options()(name.c_str(), option.help.c_str());
    } else {
      description.add_options()(name.c_str(),
                                options::value<std::vector<std::string>>()->composing(),
                                option.help.c_str());
    }
  }
  return description;
}

options::positional_options_description operands(const std::vector<OptionInfo>& known) {
  options::positional_options_description positions;
  for (const auto& option : known) {
    if (is_operand(option)) {
      positions.add(option.name.c_str(), option.repeated ? -1 : 1);
    }
  }
  return positions;
}

std::string usage_hint(const std::string& command) {
  return fmt::format("; see `fatmaster {} --help`", command);
}

[[noreturn]] void refuse_unknown(const std::string& command,
                                 const std::vector<OptionInfo>& known,
                                 const std::string& word) {
  std::vector<std::string> names;
  for (const auto& option : known) {
    if (!is_operand(option)) {
      names.push_back("--" + long_name(option));
    }
  }
  throw UsageError{fmt::format("fatmaster {}: unknown option '{}'{}{}",
                               command,
                               word,
                               did_you_mean(word, names),
                               usage_hint(command))};
}

/// "-7 degC" is a value: no option begins with a digit. Takes it out of the words.
std::vector<options::option> negative_number(std::vector<std::string>& words) {
  const auto& word = words.front();
  const bool is_number = word.size() > 1 && word[0] == '-' &&
                         (std::isdigit(static_cast<unsigned char>(word[1])) != 0 || word[1] == '.');
  if (!is_number) {
    return {};
  }
  options::option operand;
  operand.value.push_back(word);
  operand.original_tokens.push_back(word);
  words.erase(words.begin());
  return {operand};
}

}  // namespace

Arguments::Arguments(const std::string& command,
                     const std::vector<OptionInfo>& known,
                     const std::vector<std::string>& words) {
  const auto description = describe(known);
  const auto positions = operands(known);
  namespace style = options::command_line_style;
  try {
    const auto parsed = options::command_line_parser(words)
                            .options(description)
                            .positional(positions)
                            .extra_style_parser(negative_number)
                            .style(style::unix_style & ~style::allow_guessing)
                            .run();
    for (const auto& option : parsed.options) {
      const auto value = option.value.empty() ? std::string{} : option.value.front();
      given_.push_back({option.string_key, value});
    }
  } catch (const options::unknown_option& error) {
    refuse_unknown(command, known, error.get_option_name());
  } catch (const options::too_many_positional_options_error&) {
    throw UsageError{
        fmt::format("fatmaster {}: too many arguments{}", command, usage_hint(command))};
  } catch (const options::error& error) {
    throw UsageError{fmt::format("fatmaster {}: {}{}", command, error.what(), usage_hint(command))};
  }
  for (const auto& option : known) {
    const auto name = long_name(option);
    const auto times = std::count_if(
        given_.begin(), given_.end(), [&](const Given& one) { return one.name == name; });
    const bool empty = option.required && !option.repeated && value(name).empty();
    if (option.required && (times == 0 || empty)) {
      throw UsageError{
          fmt::format("fatmaster {}: {} is missing{}", command, option.name, usage_hint(command))};
    }
    if (times > 1 && !option.repeated) {
      throw UsageError{fmt::format("fatmaster {}: {} is given {} times{}",
                                   command,
                                   option.name,
                                   times,
                                   usage_hint(command))};
    }
  }
}

bool Arguments::has(std::string_view name) const {
  return std::ranges::any_of(given_, [&](const Given& one) { return one.name == name; });
}

std::string Arguments::value(std::string_view name) const {
  const auto found =
      std::ranges::find_if(given_, [&](const Given& one) { return one.name == name; });
  return found == given_.end() ? std::string{} : found->value;
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  std::vector<std::string> all;
  for (const auto& one : given_) {
    if (one.name == name) {
      all.push_back(one.value);
    }
  }
  return all;
}

}  // namespace fat
