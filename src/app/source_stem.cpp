// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/source_stem.h"

#include <algorithm>
#include <vector>

#include "app/print_size.h"
#include "app/task_table.h"

namespace latent::app {

namespace {

/// How a task's results may be called: `text`, and a size of paper behind it or not.
struct Suffix {
  std::string text;
  bool print = false;

  friend bool operator==(const Suffix&, const Suffix&) = default;
};

/// Of every task, with each word that one of its settings takes.
std::vector<Suffix> suffixes() {
  std::vector<Suffix> all;
  const auto add = [&](Suffix suffix) {
    const bool known = std::ranges::find(all, suffix) != all.end();
    if (!suffix.text.empty() && !known) all.push_back(std::move(suffix));
  };
  for (const TaskRow& row : task_table()) {
    Job usual;
    usual.task = row.id;
    usual.settings = row.defaults;
    for (const Setting& setting : *row.settings) {
      for (const std::string& word : setting.words) {
        Job job = usual;
        if (setting.form != Form::Word || !put_text(job, setting.key, word, setting.key)) continue;
        add({row.suffix(job), false});
      }
      if (setting.form != Form::Print) continue;
      Job job = usual;
      const std::string paper = text_of(PrintSize{10, 15});
      if (!put_text(job, setting.key, paper, setting.key)) continue;
      const std::string suffix = row.suffix(job);
      if (suffix.ends_with(paper)) {
        add({suffix.substr(0, suffix.size() - paper.size()), true});
      }
    }
  }
  return all;
}

/// The text without "_1" at its end.
std::string_view without_number(std::string_view text) {
  const auto digits = text.find_last_not_of("0123456789");
  const bool numbered =
      digits != std::string_view::npos && digits + 1 < text.size() && text[digits] == '_';
  return numbered ? text.substr(0, digits) : text;
}

/// Where the suffix begins with which the text ends; npos: it does not end with it.
std::size_t place_of(const Suffix& suffix, std::string_view text) {
  const auto at = text.rfind(suffix.text);
  if (at == std::string_view::npos || at == 0) return std::string_view::npos;
  const std::string_view rest = text.substr(at + suffix.text.size());
  const bool whole = suffix.print ? parse_print_size(rest).has_value() : rest.empty();
  return whole ? at : std::string_view::npos;
}

}  // namespace

std::string source_stem(std::string_view stem) {
  static const std::vector<Suffix> known = suffixes();
  const auto cut = [&]() {
    const std::string_view text = without_number(stem);
    for (const Suffix& suffix : known) {
      const auto at = place_of(suffix, text);
      if (at == std::string_view::npos) continue;
      stem = stem.substr(0, at);
      return true;
    }
    return false;
  };
  while (cut()) {
  }
  return std::string(stem);
}

}  // namespace latent::app
