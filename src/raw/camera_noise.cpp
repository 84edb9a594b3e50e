// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/camera_noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/path.h"

namespace latent::raw {

namespace {

/// The lines of camera_noise.txt without its comments, one text each.
constexpr auto kLines = std::to_array<std::string_view>({
#include "camera_noise_lines.inc"
});

constexpr std::string_view kScale = "scale ";
constexpr std::string_view kCamera = "camera ";
constexpr std::string_view kAlias = "alias ";

/// A maker of the table, and how other names of it are written.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kMakers{
    {{"OM System", "OM Digital Solutions"}, {"Minolta", "Konica Minolta"}}};

struct Entry {
  double iso = 0;
  double a = 0;
  double b = 0;
};

/// The piece of `text` before the next `mark`, which is taken off.
std::string_view next(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Letters and digits alone, small.
std::string plain(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      result += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      result += c;
    }
  }
  return result;
}

/// Whether a file that names its camera so, with or without its maker, means this maker's model.
bool is_model(const std::string& name, std::string_view maker, std::string_view model) {
  if (name == plain(model)) return true;
  const std::string known = plain(maker);
  return name.starts_with(known) && name.substr(known.size()) == plain(model);
}

bool is_maker(const std::string& name, std::string_view maker) {
  if (name.find(plain(maker)) != std::string::npos) return true;
  return std::ranges::any_of(kMakers, [&](const auto& names) {
    return names.first == maker && name.find(plain(names.second)) != std::string::npos;
  });
}

/// The line "MAKER|MODEL|..." of a camera behind its first word; empty where there is none.
std::string_view line_of(const CameraFacts& camera, std::string_view kind) {
  // The maker of some stands in the model alone: "PENTAX K-3 II" of Ricoh.
  const std::string makers =
      plain(camera.make) + "|" + plain(camera.model) + "|" + plain(camera.unique_model);
  for (std::string_view line : kLines) {
    if (!line.starts_with(kind)) continue;
    line.remove_prefix(kind.size());
    std::string_view rest = line;
    const std::string_view maker = next(rest, '|');
    const std::string_view model = next(rest, '|');
    if (!is_maker(makers, maker)) continue;
    for (const std::string& name : {plain(camera.model), plain(camera.unique_model)}) {
      if (kind == kCamera && is_model(name, maker, model)) return line;
      for (std::string_view others = rest; kind == kAlias && !others.empty();) {
        if (is_model(name, maker, next(others, ','))) return line;
      }
    }
  }
  return {};
}

std::vector<Entry> entries_of(const CameraFacts& camera) {
  CameraFacts known = camera;
  if (std::string_view alias = line_of(camera, kAlias); !alias.empty()) {
    known.make = next(alias, '|');
    known.model = next(alias, '|');
  }
  std::string_view line = line_of(known, kCamera);
  next(line, '|');
  next(line, '|');
  std::vector<Entry> entries;
  while (!line.empty()) {
    std::string_view numbers = next(line, ',');
    const double iso = number(next(numbers, ' '));
    const double a = number(next(numbers, ' '));
    entries.push_back({iso, a, number(numbers)});
  }
  return entries;
}

double factor() {
  for (const std::string_view line : kLines) {
    if (line.starts_with(kScale)) return number(line.substr(kScale.size()));
  }
  return 0;
}

std::string name_of(const CameraFacts& camera) {
  if (camera.model.empty()) return printable(camera.unique_model);
  const bool repeats = plain(camera.model).starts_with(plain(camera.make));
  return printable(repeats ? camera.model : camera.make + " " + camera.model);
}

}  // namespace

Result<NoiseModel> camera_noise(const CameraFacts& camera) {
  const std::string name = name_of(camera);
  if (name.empty()) {
    return fail(ErrorCode::Unsupported,
                "the file does not say which camera took it, so the table of cameras tells no "
                "noise level; use --noise auto, which measures it, or --noise A,B");
  }
  const std::vector<Entry> entries = entries_of(camera);
  if (entries.empty()) {
    return fail(ErrorCode::Unsupported,
                fmt::format("the table of cameras does not have the noise of {}; use --noise auto, "
                            "which measures it, or --noise A,B",
                            name));
  }
  if (!(camera.iso > 0)) {
    return fail(ErrorCode::Unsupported,
                fmt::format("the file does not say at which ISO the {} took it, so the table of "
                            "cameras tells no noise level; use --noise auto, which measures it, or "
                            "--noise A,B",
                            name));
  }
  if (camera.iso < entries.front().iso || camera.iso > entries.back().iso) {
    return fail(ErrorCode::Unsupported,
                fmt::format("the table of cameras has the noise of {} from ISO {} to {}, and the "
                            "file was taken at ISO {}; use --noise auto, which measures it, or "
                            "--noise A,B",
                            name, entries.front().iso, entries.back().iso, camera.iso));
  }
  const auto above = std::ranges::lower_bound(entries, camera.iso, {}, &Entry::iso);
  const auto below = above->iso == camera.iso ? above : above - 1;
  const double part = above == below ? 0.0 : (camera.iso - below->iso) / (above->iso - below->iso);
  NoiseModel noise;
  noise.origin = NoiseModel::Origin::CameraTable;
  noise.a.fill(factor() * (below->a + part * (above->a - below->a)));
  noise.b.fill(factor() * (below->b + part * (above->b - below->b)));
  return noise;
}

}  // namespace latent::raw
