// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/cleanup.h"

#include <utility>
#include <vector>

namespace latent::mask {

namespace {

struct Piece {
  std::int64_t area = 0;
  bool on_object = false;
  bool at_frame = false;
  Point first;
};

struct Pieces {
  Image<std::int32_t> numbers;  ///< of each pixel, index into `list`
  std::vector<Piece> list;
};

/// All pixels of one label that hang together with `start` get `number`.
Piece flood(ImageView<const std::uint8_t> mask, ImageView<std::int32_t> numbers, Point start,
            std::int32_t number, std::vector<Point>& stack) {
  Piece piece;
  piece.on_object = mask.at(start.x, start.y) != 0;
  piece.first = start;
  stack.assign(1, start);
  numbers.at(start.x, start.y) = number;
  const auto visit = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= mask.width() || y >= mask.height()) {
      piece.at_frame = true;
      return;
    }
    if (numbers.at(x, y) >= 0 || (mask.at(x, y) != 0) != piece.on_object) return;
    numbers.at(x, y) = number;
    stack.push_back({x, y});
  };
  while (!stack.empty()) {
    const Point here = stack.back();
    stack.pop_back();
    ++piece.area;
    visit(here.x - 1, here.y);
    visit(here.x + 1, here.y);
    visit(here.x, here.y - 1);
    visit(here.x, here.y + 1);
  }
  return piece;
}

Result<Pieces> pieces_of(ImageView<const std::uint8_t> mask) {
  Pieces pieces;
  LATENT_TRY(pieces.numbers, Image<std::int32_t>::create(mask.size()));
  const auto numbers = pieces.numbers.view();
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) numbers.at(x, y) = -1;
  }
  std::vector<Point> stack;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      if (numbers.at(x, y) >= 0) continue;
      const auto number = static_cast<std::int32_t>(pieces.list.size());
      pieces.list.push_back(flood(mask, numbers, {x, y}, number, stack));
    }
  }
  return pieces;
}

/// Gives every pixel of the pieces for which `turn` holds the other label.
template <class Turn>
void turn_over(ImageView<std::uint8_t> mask, const Pieces& pieces, const Turn& turn) {
  std::vector<char> turned;
  turned.reserve(pieces.list.size());
  for (const Piece& piece : pieces.list) turned.push_back(turn(piece) ? 1 : 0);
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      if (turned[static_cast<std::size_t>(pieces.numbers.view().at(x, y))] == 0) continue;
      mask.at(x, y) = mask.at(x, y) != 0 ? 0 : 1;
    }
  }
}

}  // namespace

Status keep_pieces(ImageView<std::uint8_t> mask, std::span<const Point> places) {
  if (mask.empty()) return {};
  LATENT_TRY(Pieces pieces, pieces_of(mask));
  std::vector<char> kept(pieces.list.size(), 0);
  bool any = false;
  for (const Point& place : places) {
    const auto number = static_cast<std::size_t>(pieces.numbers.view().at(place.x, place.y));
    if (!pieces.list[number].on_object) continue;
    kept[number] = 1;
    any = true;
  }
  if (!any) {
    std::size_t largest = 0;
    std::int64_t area = 0;
    for (std::size_t i = 0; i < pieces.list.size(); ++i) {
      if (!pieces.list[i].on_object || pieces.list[i].area <= area) continue;
      largest = i;
      area = pieces.list[i].area;
    }
    kept[largest] = 1;
  }
  turn_over(mask, pieces, [&](const Piece& piece) {
    return piece.on_object && kept[static_cast<std::size_t>(&piece - pieces.list.data())] == 0;
  });
  return {};
}

Status remove_specks(ImageView<std::uint8_t> mask, std::int64_t least) {
  if (mask.empty() || least <= 1) return {};
  LATENT_TRY(const Pieces pieces, pieces_of(mask));
  turn_over(mask, pieces,
            [&](const Piece& piece) { return piece.on_object && piece.area < least; });
  LATENT_TRY(const Pieces holes, pieces_of(mask));
  turn_over(mask, holes, [&](const Piece& piece) {
    return !piece.on_object && !piece.at_frame && piece.area < least;
  });
  return {};
}

}  // namespace latent::mask
