// SPDX-License-Identifier: GPL-3.0-or-later
// mask_object PICTURE X Y MASK: the object at X, Y (shares of the sides) as a mask: .png, .tif, .pfm,
// .svg, or .xmp for darktable. With a second click where the first answer goes too far, it would be
// prompts.objects.front().push_back(latent::MaskClick{{x, y}, false}) and another mask().
#include <latent/latent.h>

#include <cstdlib>
#include <iostream>
#include <numeric>

int main(int count, char** words) {
  if (count != 5) {
    std::cerr << "mask_object PICTURE X Y MASK\n";
    return 2;
  }
  const auto failed = [](const latent::Failure& failure) {
    std::cerr << failure.sentence << '\n';
    return 1;
  };
  auto library = latent::Library::open();
  if (!library) return failed(library.failure());
  auto session = library->masks(words[1]);
  if (!session) return failed(session.failure());
  latent::MaskPrompts prompts;
  prompts.objects = {{latent::MaskClick{{std::atof(words[2]), std::atof(words[3])}}}};
  const auto mask = session->mask(prompts);
  if (!mask) return failed(mask.failure());
  latent::MaskFile how;
  how.photograph = words[1];
  const auto written = latent::write_mask(*mask, words[4], how);
  if (!written) return failed(written.failure());
  const double covered = std::accumulate(mask->values.begin(), mask->values.end(), 0.0);
  std::cout << mask->width << " x " << mask->height << ", "
            << 100 * covered / static_cast<double>(mask->values.size()) << " % of it, found by "
            << (session->model().empty() ? "the built-in selector" : session->model()) << '\n';
  return 0;
}
