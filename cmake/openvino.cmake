# SPDX-License-Identifier: GPL-3.0-or-later
# OpenVINO of a Python wheel lies in a folder of the wheel, which no loader knows. What Latent uses of it
# is installed with us, below our own folder; Debian's OpenVINO is in the loader's path and stays there.
set(LATENT_OPENVINO_LIBRARIES "")
if(OpenVINO_DIR)
  cmake_path(GET OpenVINO_DIR PARENT_PATH openvino_root)
  cmake_path(ABSOLUTE_PATH openvino_root NORMALIZE)
  if(EXISTS ${openvino_root}/libs)
    set(LATENT_OPENVINO_LIBRARIES ${openvino_root}/libs)
  endif()
endif()

# The build tree has the shape of what is installed: <libdir>/latent holds what is Latent's alone.
set(private_folder ${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}/latent)
if(IS_SYMLINK ${private_folder})
  file(REMOVE ${private_folder})  # it was one link to the folder of the wheel
endif()
file(MAKE_DIRECTORY ${private_folder})

if(LATENT_OPENVINO_LIBRARIES)
  file(GLOB whole_openvino ${LATENT_OPENVINO_LIBRARIES}/*)
  foreach(file IN LISTS whole_openvino)
    cmake_path(GET file FILENAME name)
    file(CREATE_LINK ${file} ${private_folder}/${name} SYMBOLIC)
  endforeach()
  # The runtime, its readers of our networks, its devices, and what these stand on. Not the readers of
  # other frameworks, the C interface and the plugin for batches, which nothing here asks for.
  file(GLOB openvino_files ${LATENT_OPENVINO_LIBRARIES}/lib*.so* ${LATENT_OPENVINO_LIBRARIES}/cache.json)
  list(FILTER openvino_files EXCLUDE REGEX
       "openvino_(c|gguf_frontend|jax_frontend|paddle_frontend|pytorch_frontend|tensorflow_frontend|tensorflow_lite_frontend)\\.so")
  install(FILES ${openvino_files} DESTINATION ${CMAKE_INSTALL_LIBDIR}/latent)
  cmake_path(GET openvino_root PARENT_PATH site_packages)
  file(GLOB openvino_licences ${site_packages}/openvino-*.dist-info/licenses)
  if(openvino_licences)
    install(DIRECTORY ${openvino_licences}/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/openvino)
  endif()
endif()
