// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/darktable_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/path.h"
#include "mask/darktable_text.h"

namespace latent::mask {

namespace {

constexpr std::size_t kNodeBytes = 36;
constexpr std::size_t kEntryBytes = 16;
constexpr std::size_t kEntryBytes7 = 240;
constexpr std::int32_t kUserHandles = 2;
constexpr double kFurthest = 100;  // times the picture's side: no path is drawn there
constexpr int kMostDepth = 16;
constexpr int kMostForms = 20'000;
constexpr int kOldestVersion = 4;
constexpr int kNewestVersion = 7;

// States of an entry; those from 8 on are bits of version 7.
constexpr std::uint32_t kUseAndShow = 1U | 2U;
constexpr std::uint32_t kInverse = 4U;
constexpr std::uint32_t kUnion = 8U;
constexpr std::uint32_t kIntersection = 16U;
constexpr std::uint32_t kDifference = 32U;
constexpr std::uint32_t kExclusion = 64U;
constexpr std::uint32_t kSum = 128U;
constexpr std::uint32_t kHidden7 = 1U << 8U;
constexpr std::uint32_t kScreen7 = 1U << 9U;
constexpr std::uint32_t kMinimum7 = 1U << 12U;
constexpr std::uint32_t kBypass7 = 1U << 14U;
constexpr std::uint32_t kProduct7 = 1U << 15U;
constexpr std::uint32_t kInvertOutput7 = 1U << 16U;
constexpr std::uint32_t kDisabled7 = 1U << 17U;
constexpr std::uint32_t kMarker7 = 1U << 18U;
constexpr std::uint32_t kSum7 = 1U << 19U;
constexpr std::uint32_t kDifference7 = 1U << 20U;
constexpr std::uint32_t kExclusion7 = 1U << 21U;

/// Numbers of a blob, which are little endian; so is every machine that darktable runs on.
static_assert(std::endian::native == std::endian::little);

template <class T>
T at(std::span<const std::uint8_t> bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

template <class T>
void put(std::vector<std::uint8_t>& bytes, T value) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof value);
}

double shorter(const DarktableFrame& frame) {
  return std::min(frame.whole.width, frame.whole.height);
}

std::uint32_t state_of(const Shape& member, bool first) {
  std::uint32_t state = kUseAndShow | (member.inverse ? kInverse : 0U);
  switch (member.combine) {
    case Combine::Union:
      return first ? state : state | kUnion;
    case Combine::Intersection:
      return state | kIntersection;
    case Combine::Difference:
      return state | kDifference;
    case Combine::Exclusion:
      return state | kExclusion;
    case Combine::Sum:
      return state | kSum;
    case Combine::Product:
    case Combine::Screen:
    case Combine::Replace:
      return state;
  }
  return state;
}

Combine combine_of(std::uint32_t state, int version) {
  if (version >= 7) {
    if ((state & kScreen7) != 0) return Combine::Screen;
    if ((state & kMinimum7) != 0) return Combine::Intersection;
    if ((state & kProduct7) != 0) return Combine::Product;
    if ((state & kSum7) != 0) return Combine::Sum;
    if ((state & kDifference7) != 0) return Combine::Difference;
    if ((state & kExclusion7) != 0) return Combine::Exclusion;
  }
  if ((state & kUnion) != 0) return Combine::Union;
  if ((state & kIntersection) != 0) return Combine::Intersection;
  if ((state & kDifference) != 0) return Combine::Difference;
  if ((state & kExclusion) != 0) return Combine::Exclusion;
  if ((state & kSum) != 0) return Combine::Sum;
  return version >= 7 ? Combine::Union : Combine::Replace;
}

std::string named(const metadata::DarktableForm& form) {
  return fmt::format("the mask '{}' ({})", printable(form.name), form.id);
}

/// What kind of form it is, in words, by the first of its type's bits.
const char* kind_of(std::uint32_t type) {
  if ((type & 1U) != 0) return "a circle";
  if ((type & 16U) != 0) return "a gradient";
  if ((type & 32U) != 0) return "an ellipse";
  if ((type & 64U) != 0) return "a brush stroke";
  if ((type & 512U) != 0) return "a parametric mask";
  if ((type & 1024U) != 0) return "a raster mask";
  return "of a kind that is not known";
}

class Reader {
 public:
  Reader(std::span<const metadata::DarktableForm> forms, const DarktableFrame& frame)
      : forms_(forms), frame_(frame) {}

  [[nodiscard]] Result<Shape> shape(int id, int depth) {
    const auto form = std::ranges::find(forms_, id, &metadata::DarktableForm::id);
    if (form == forms_.end()) {
      return fail(ErrorCode::NotFound, fmt::format("the edit has no mask with the id {}", id));
    }
    if (depth > kMostDepth) {
      return fail(ErrorCode::Corrupt,
                  named(*form) + " lies in groups more than 16 deep, or in itself");
    }
    if (++drawn_ > kMostForms) {
      return fail(ErrorCode::TooLarge, "the edit's groups draw more than 20,000 masks");
    }
    if (form->version < kOldestVersion || form->version > kNewestVersion) {
      return fail(ErrorCode::Unsupported,
                  fmt::format("{} is of version {} of darktable's masks; versions 4 to 7 are read",
                              named(*form), form->version));
    }
    return shape_of(*form, depth);
  }

  std::vector<std::string> notices;

 private:
  [[nodiscard]] Result<Shape> shape_of(const metadata::DarktableForm& form, int depth) {
    const auto type = static_cast<std::uint32_t>(form.type);
    constexpr std::uint32_t kPath = 2;
    constexpr std::uint32_t kGroup = 4;
    constexpr std::uint32_t kObject = 256;
    const bool is_group = (type & kGroup) != 0 || (form.version >= 7 && (type & kObject) != 0);
    if (!is_group && (type & kPath) == 0) {
      return fail(ErrorCode::Unsupported,
                  named(form) + " is " + kind_of(type) + "; paths and groups of them are drawn");
    }
    auto points = decode_darktable_text(form.points);
    if (!points) return of_form(form, points.error());
    Shape shape;
    shape.name = form.name;
    if (is_group) {
      LATENT_CHECK(add_members(form, *points, depth, shape));
      return shape;
    }
    auto path = path_of_points(*points, frame_);
    if (!path) return of_form(form, path.error());
    shape.path = std::move(*path);
    return shape;
  }

  [[nodiscard]] Status add_members(const metadata::DarktableForm& form,
                                   std::span<const std::uint8_t> points, int depth, Shape& group) {
    const auto read = group_of_points(points, form.version);
    if (!read) return of_form(form, read.error());
    if (read->has_refinement) {
      notices.push_back(named(form) +
                        " is refined (feathering, blur, contrast); it is drawn without that");
    }
    for (const GroupEntry& entry : read->entries) {
      auto member = shape(entry.form, depth + 1);
      if (!member && member.error().code == ErrorCode::Unsupported && depth == 0) {
        notices.push_back(member.error().sentence + "; this one is left out");
        continue;
      }
      if (!member) return tl::make_unexpected(member.error());
      member->combine = combine_of(entry.state, form.version);
      member->inverse = (entry.state & kInverse) != 0;
      member->opacity = static_cast<double>(entry.opacity);
      group.members.push_back(std::move(*member));
    }
    group.inverse = read->inverse;
    group.opacity = static_cast<double>(read->opacity);
    return {};
  }

  [[nodiscard]] static tl::unexpected<Error> of_form(const metadata::DarktableForm& form,
                                                     const Error& error) {
    return fail(error.code, "the points of " + named(form) + ": the text " + error.sentence);
  }

  std::span<const metadata::DarktableForm> forms_;
  const DarktableFrame& frame_;
  int drawn_ = 0;
};

}  // namespace

Result<std::vector<PathNode>> path_of_points(std::span<const std::uint8_t> points,
                                             const DarktableFrame& frame) {
  if (points.empty() || points.size() % kNodeBytes != 0) {
    return fail(ErrorCode::Corrupt,
                fmt::format("has {} bytes, no multiple of the 36 of a path's node", points.size()));
  }
  std::vector<PathNode> path;
  for (std::size_t offset = 0; offset < points.size(); offset += kNodeBytes) {
    const auto number = [&](std::size_t index) {
      return static_cast<double>(at<float>(points, offset + 4 * index));
    };
    for (std::size_t i = 0; i < 8; ++i) {
      if (!(std::abs(number(i)) <= kFurthest)) {
        return fail(ErrorCode::Corrupt, "has a node that lies nowhere near the picture");
      }
    }
    const auto place = [&](std::size_t index) {
      return PathPoint{number(index) * frame.whole.width - frame.origin.x,
                       number(index + 1) * frame.whole.height - frame.origin.y};
    };
    const double border = std::max(number(6), 0.0);
    path.push_back({place(0), place(2), place(4), border * shorter(frame)});
  }
  return path;
}

std::vector<std::uint8_t> points_of_path(std::span<const PathNode> path,
                                         const DarktableFrame& frame) {
  std::vector<std::uint8_t> bytes;
  for (const PathNode& node : path) {
    for (const PathPoint& point : {node.at, node.arriving, node.leaving}) {
      put(bytes, static_cast<float>((point.x + frame.origin.x) / frame.whole.width));
      put(bytes, static_cast<float>((point.y + frame.origin.y) / frame.whole.height));
    }
    const auto border = static_cast<float>(node.feather_px / shorter(frame));
    put(bytes, border);
    put(bytes, border);
    put(bytes, kUserHandles);
  }
  return bytes;
}

Result<GroupPoints> group_of_points(std::span<const std::uint8_t> points, int version) {
  const std::size_t stride = version >= 7 ? kEntryBytes7 : kEntryBytes;
  if (points.size() % stride != 0) {
    return fail(ErrorCode::Corrupt, fmt::format("has {} bytes, no multiple of the {} of an entry",
                                                points.size(), stride));
  }
  constexpr std::size_t kRefinement7 = 16;
  constexpr std::size_t kGroupOpacity7 = 172;
  GroupPoints group;
  for (std::size_t offset = 0; offset < points.size(); offset += stride) {
    const GroupEntry entry{at<std::int32_t>(points, offset), at<std::int32_t>(points, offset + 4),
                           at<std::uint32_t>(points, offset + 8), at<float>(points, offset + 12)};
    if (!std::isfinite(entry.opacity)) {
      return fail(ErrorCode::Corrupt, "has an entry whose opacity is no number");
    }
    if (version < 7) {
      group.entries.push_back(entry);
      continue;
    }
    const bool refined = at<std::int32_t>(points, offset + kRefinement7) != 0;
    group.has_refinement = group.has_refinement || refined;
    if ((entry.state & kMarker7) != 0) {
      const float opacity = at<float>(points, offset + kGroupOpacity7);
      group.inverse = (entry.state & kInvertOutput7) != 0;
      group.opacity = (entry.state & kBypass7) != 0 ? 0.0F : opacity;
      if (!std::isfinite(opacity)) {
        return fail(ErrorCode::Corrupt, "has a group whose opacity is no number");
      }
      continue;
    }
    if ((entry.state & (kHidden7 | kDisabled7)) == 0) group.entries.push_back(entry);
  }
  return group;
}

std::vector<std::uint8_t> points_of_group(std::span<const GroupEntry> entries) {
  std::vector<std::uint8_t> bytes;
  for (const GroupEntry& entry : entries) {
    put(bytes, entry.form);
    put(bytes, entry.parent);
    put(bytes, entry.state);
    put(bytes, entry.opacity);
  }
  return bytes;
}

Result<DarktableShape> shape_of_form(std::span<const metadata::DarktableForm> forms, int id,
                                     const DarktableFrame& frame) {
  LATENT_ENSURE(frame.whole.width > 0 && frame.whole.height > 0);
  Reader reader(forms, frame);
  LATENT_TRY(auto shape, reader.shape(id, 0));
  return DarktableShape{std::move(shape), std::move(reader.notices)};
}

Result<std::vector<metadata::DarktableForm>> forms_of_shape(const Shape& shape,
                                                            const std::string& name,
                                                            const DarktableFrame& frame,
                                                            int first_id) {
  LATENT_ENSURE(frame.whole.width > 0 && frame.whole.height > 0);
  const std::span<const Shape> members =
      shape.path.empty() ? std::span<const Shape>(shape.members) : std::span(&shape, 1);
  std::vector<metadata::DarktableForm> forms;
  std::vector<GroupEntry> entries;
  const int group_id = first_id + static_cast<int>(members.size());
  for (const Shape& member : members) {
    const bool has_words = member.combine != Combine::Product &&
                           member.combine != Combine::Screen && !member.path.empty() &&
                           (member.combine != Combine::Replace || entries.empty());
    if (!has_words) {
      return fail(ErrorCode::Unsupported,
                  "darktable's masks of version 6 hold one group of paths, united, intersected, "
                  "subtracted, added or exclusive; this mask is more than that");
    }
    const int id = first_id + static_cast<int>(forms.size());
    metadata::DarktableForm form;
    form.id = id;
    form.type = 2;
    form.name = fmt::format("{} #{}", name, forms.size() + 1);
    form.version = kDarktableMasksVersion;
    form.points = encode_darktable_text(points_of_path(member.path, frame));
    form.count = static_cast<int>(member.path.size());
    entries.push_back(
        {id, group_id, state_of(member, entries.empty()), static_cast<float>(member.opacity)});
    forms.push_back(std::move(form));
  }
  metadata::DarktableForm group;
  group.id = group_id;
  group.type = 4;
  group.name = name;
  group.version = kDarktableMasksVersion;
  group.points = encode_darktable_text(points_of_group(entries));
  group.count = static_cast<int>(entries.size());
  forms.push_back(std::move(group));
  return forms;
}

}  // namespace latent::mask
