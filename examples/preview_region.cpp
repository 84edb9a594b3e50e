// SPDX-License-Identifier: GPL-3.0-or-later
// preview_region PICTURE X Y WIDTH HEIGHT: how much a part changes at three strengths. The picture is
// opened and measured once, and the network runs once.
#include <latent/latent.h>

#include <cmath>
#include <cstdlib>
#include <iostream>

int main(int count, char** words) {
  if (count != 6) {
    std::cerr << "preview_region PICTURE X Y WIDTH HEIGHT\n";
    return 2;
  }
  auto library = latent::Library::open();
  if (!library) {
    std::cerr << library.failure().sentence << '\n';
    return 1;
  }
  latent::Denoise settings;
  auto preview = library->preview(words[1], settings);
  if (!preview) {
    std::cerr << preview.failure().sentence << '\n';
    return 1;
  }
  std::cout << preview->width() << " x " << preview->height() << ", noise "
            << preview->level().value_or(0) << " of 255\n";
  const latent::Region part{std::atoi(words[2]), std::atoi(words[3]), std::atoi(words[4]),
                            std::atoi(words[5])};
  for (const double strength : {0.0, 50.0, 100.0}) {
    settings.strength = strength;
    const auto shown = preview->show(part, settings);
    if (!shown) {
      std::cerr << shown.failure().sentence << '\n';
      return 1;
    }
    double changed = 0;
    for (std::size_t i = 0; i < shown->after.size(); ++i) {
      changed += std::abs(shown->after[i] - shown->before[i]);
    }
    std::cout << "strength " << strength << ": pixels change by "
              << 255 * changed / static_cast<double>(shown->after.size()) << " of 255\n";
  }
  return 0;
}
