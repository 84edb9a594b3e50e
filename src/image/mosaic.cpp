// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/mosaic.h"

namespace latent {

const char* sensor_class_name(SensorClass sensor) {
  switch (sensor) {
    case SensorClass::Bayer:
      return "Bayer";
    case SensorClass::XTrans:
      return "X-Trans";
    case SensorClass::Mono:
      return "mono";
    case SensorClass::LinearRgb:
      return "linear RGB";
    case SensorClass::FourColour:
      return "four-colour";
    case SensorClass::QuadBayer:
      return "quad-Bayer";
    case SensorClass::SuperCcd:
      return "Super-CCD";
    case SensorClass::Foveon:
      return "Foveon";
    case SensorClass::Unknown:
      return "unknown";
  }
  return "unknown";
}

const char* noise_origin_name(NoiseModel::Origin origin) {
  switch (origin) {
    case NoiseModel::Origin::DngProfile:
      return "DNG NoiseProfile";
    case NoiseModel::Origin::Given:
      return "given";
    case NoiseModel::Origin::Estimated:
      return "estimated";
    case NoiseModel::Origin::CameraTable:
      return "camera table";
  }
  return "estimated";
}

}  // namespace latent
