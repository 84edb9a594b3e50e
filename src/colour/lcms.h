// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <lcms2.h>

#include <memory>
#include <type_traits>

namespace latent::colour {

/// Owners of lcms2's objects. Not for any door of the room.
class LcmsContext {
 public:
  LcmsContext() : context_(cmsCreateContext(nullptr, nullptr)) {
    // What is wrong with a file becomes our sentence, never a line on a terminal.
    if (context_ != nullptr) {
      cmsSetLogErrorHandlerTHR(context_, [](cmsContext, cmsUInt32Number, const char*) {});
    }
  }
  ~LcmsContext() {
    if (context_ != nullptr) cmsDeleteContext(context_);
  }
  LcmsContext(const LcmsContext&) = delete;
  LcmsContext& operator=(const LcmsContext&) = delete;
  [[nodiscard]] cmsContext get() const { return context_; }

 private:
  cmsContext context_;
};

struct LcmsFree {
  void operator()(cmsToneCurve* curve) const { cmsFreeToneCurve(curve); }
  void operator()(cmsMLU* text) const { cmsMLUfree(text); }
};
using LcmsCurve = std::unique_ptr<cmsToneCurve, LcmsFree>;
using LcmsText = std::unique_ptr<cmsMLU, LcmsFree>;

struct LcmsClose {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using LcmsProfile = std::unique_ptr<void, LcmsClose>;

struct LcmsForget {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
using LcmsTransform = std::unique_ptr<void, LcmsForget>;

/// Whether lcms2 finds its way from a profile of that many channels to linear light.
[[nodiscard]] bool connects(cmsContext context, cmsHPROFILE profile, int channels);

/// Linear light with the primaries of sRGB: where tables begin and end.
[[nodiscard]] LcmsProfile linear_srgb(cmsContext context);

}  // namespace latent::colour
