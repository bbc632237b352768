#include "fat/plan/section_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/quantity.hpp"
#include "plan/step_keys.hpp"

namespace fat {

namespace {

std::string duration_text(Microseconds duration) {
  const auto text = to_text(duration);
  return parse_duration(text) == duration
             ? text
             : fmt::format("{} ms", static_cast<double>(duration.count()) / 1000.0);
}

std::string promised_text(const std::vector<PromisedMeasurement>& measurements) {
  std::vector<std::string> all;
  for (const auto& [name, min, max, unit] : measurements) {
    auto text = name;
    if (min || max || !unit.empty()) {
      text += fmt::format(
          " [{}, {}]", min ? fmt::format("{}", *min) : "", max ? fmt::format("{}", *max) : "");
    }
    all.push_back(unit.empty() ? text : fmt::format("{} {}", text, unit));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string windows_text(const std::vector<Window>& windows) {
  std::vector<std::string> all;
  for (const auto& [signal, low, high, unit, max_age] : windows) {
    auto text = fmt::format("{} in [{}, {}]",
                            signal,
                            low ? fmt::format("{}", *low) : "",
                            high ? fmt::format("{}", *high) : "");
    text += unit.empty() ? "" : " " + unit;
    if (max_age != kReadingAge) {
      text += " not older than " + duration_text(max_age);
    }
    all.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

/// Collects the lines of one section; what is as it is by itself is not written.
class Section {
 public:
  explicit Section(const Step& step) : step_(step), text_("[" + step.title + "]\n") {}

  std::string text(const SectionStyle& style) && {
    add_what();
    for (const auto& [name, value, line] : step_.arguments) {
      add(is_reserved(name) ? std::string{kArgumentPrefix} + name : name, value);
    }
    if (step_.kind != StepKind::Wait && step_.kind != StepKind::Prompt) {
      add_how();
    }
    if (style.backups) {
      add("run_backup", step_.run_backup ? "yes" : "no");
    }
    if (step_.on_failure != standard_.on_failure) {
      add("on_failure", std::string{to_string(step_.on_failure)});
    }
    if (style.lanes && step_.background) {
      add("background", "yes");
    }
    if (style.lanes) {
      add_list("after", step_.after);
    }
    add_list("needs", step_.needs);
    add_list("tags", step_.tags);
    return std::move(text_);
  }

 private:
  void add(const std::string& key, const std::string& value) { text_ += option_text(key, value); }

  void add_list(const std::string& key, const std::vector<std::string>& words) {
    if (!words.empty()) {
      add(key, fmt::format("{}", fmt::join(words, ", ")));
    }
  }

  void add_what() {
    if (step_.kind == StepKind::Command) {
      add("command", step_.command);
      if (step_.shell) {
        add("shell", "yes");
      }
      return;
    }
    if (!step_.package.empty()) {
      add("package", step_.package);
    }
    add("task", step_.task);
  }

  void add_how() {
    if (step_.timeout) {
      add("timeout", duration_text(*step_.timeout));
    }
    if (step_.silence_timeout) {
      add("silence_timeout", duration_text(*step_.silence_timeout));
    }
    if (step_.attempts != 1) {
      add("attempts", std::to_string(step_.attempts));
    }
    if (step_.retry_delay != Microseconds{0}) {
      add("retry_delay", duration_text(step_.retry_delay));
    }
    if (step_.retry_on != standard_.retry_on) {
      add("retry_on", step_.retry_on.error ? "error" : "timeout");
    }
    if (step_.kind == StepKind::Builtin || step_.recovery != standard_.recovery) {
      add("recovery", std::string{to_string(step_.recovery)});
    }
    if (step_.leave_running) {
      add("leave_running", "yes");
    }
    if (!step_.measurements.empty()) {
      add("measurements", promised_text(step_.measurements));
    }
    if (!step_.valid_when.empty()) {
      add("valid_when", windows_text(step_.valid_when));
    }
  }

  const Step& step_;
  const Step standard_;
  std::string text_;
};

}  // namespace

std::string option_text(const std::string& key, const std::string& value) {
  auto text = key + " = ";
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '%') {
      text += "%%";
    } else if (value[i] == '\n') {
      text += "\n    ";
    } else if (value.compare(i, 2, "${") == 0) {
      text += "$$";
    } else {
      text += value[i];
    }
  }
  return text + '\n';
}

std::string section_text(const Step& step, const SectionStyle& style) {
  return Section{step}.text(style);
}

std::string constants_text(const Plan& plan, const std::string& run_file) {
  auto text = "[constants]\n" + option_text("run_file", run_file);
  text += option_text("python", plan.python);
  if (!plan.python_path.empty()) {
    text += option_text("python_path", fmt::format("{}", fmt::join(plan.python_path, ":")));
  }
  text += option_text("safe_state_after", to_text(plan.safe_state_after));
  if (plan.min_modules != 1) {
    text += option_text("min_modules", std::to_string(plan.min_modules));
  }
  if (plan.strict_code) {
    text += option_text("strict_code", "yes");
  }
  if (!plan.needs_services.empty()) {
    text += option_text("needs_services", fmt::format("{}", fmt::join(plan.needs_services, ", ")));
  }
  return plan.verbose ? text + option_text("verbose", "yes") : text;
}

std::string safety_text(const Plan& plan, const SectionStyle& style) {
  std::string text;
  for (const auto& [name, list] :
       {std::pair{"safe_state", &plan.safe_state}, std::pair{"on_resume", &plan.on_resume}}) {
    std::vector<std::string> titles;
    std::string sections;
    for (const auto& step : *list) {
      if (style.station || !step.source.file.ends_with("station.ini")) {
        titles.push_back(step.title);
        sections += "\n" + section_text(step, style);
      }
    }
    if (!titles.empty()) {
      text += fmt::format("\n[{}]\nsteps = {}\n{}", name, fmt::join(titles, ", "), sections);
    }
  }
  return text;
}

}  // namespace fat
