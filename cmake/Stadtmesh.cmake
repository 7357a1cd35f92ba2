# The few build functions that every folder uses, so that a library, a service or a test is one call.

add_library(stadtmesh_options INTERFACE)
target_compile_options(stadtmesh_options INTERFACE -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Wrong about std::string in gcc 12 (its bug 105651); and, of several files compiled as one, about what is local to each.
  target_compile_options(stadtmesh_options INTERFACE -Wno-restrict -Wno-subobject-linkage)
endif()
if(STADTMESH_SANITIZE)
  target_compile_options(stadtmesh_options INTERFACE -fsanitize=${STADTMESH_SANITIZE} -fno-omit-frame-pointer
                                                     -fno-sanitize-recover=all -O1)
  target_link_options(stadtmesh_options INTERFACE -fsanitize=${STADTMESH_SANITIZE})
endif()
if(STADTMESH_SANITIZE STREQUAL "thread")
  target_compile_options(stadtmesh_options INTERFACE -gline-tables-only)  # its reports name lines
endif()
if(STADTMESH_FUZZERS)
  # A fuzzer is led by what it covers, so the code under test counts too, not only the target's own file.
  target_compile_options(stadtmesh_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Adds every direct subfolder of `folder` that has a CMakeLists.txt: a new library or service needs no edit here.
function(stadtmesh_add_all_subdirectories folder)
  file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*/CMakeLists.txt)
  foreach(list IN LISTS lists)
    get_filename_component(path ${list} DIRECTORY)
    add_subdirectory(${path})
  endforeach()
endfunction()

# stadtmesh_library(NAME SOURCES a.cpp ... DEPS stadtmesh::base ... [ROOT dir])
# Makes target stadtmesh_<name> with alias stadtmesh::<name>. Headers are included as "<name>/file.h".
# Without SOURCES it is a header-only (INTERFACE) library.
function(stadtmesh_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(stadtmesh_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(stadtmesh_${name} PUBLIC ${ARG_DEPS} PRIVATE stadtmesh_options)
    target_include_directories(stadtmesh_${name} PUBLIC ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  else()
    add_library(stadtmesh_${name} INTERFACE)
    target_link_libraries(stadtmesh_${name} INTERFACE ${ARG_DEPS})
    target_include_directories(stadtmesh_${name} INTERFACE ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  endif()
  add_library(stadtmesh::${name} ALIAS stadtmesh_${name})
endfunction()

# stadtmesh_executable(NAME FOLDER SOURCES main.cpp DEPS ...): what the functions below have in common, placed in <build>/FOLDER/NAME.
function(stadtmesh_executable name folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} stadtmesh_options)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${folder})
  if(STADTMESH_SANITIZE STREQUAL "thread")
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:stadtmesh_thread_sanitizer>)
    target_link_libraries(${name} PRIVATE absl::synchronization ${CMAKE_DL_LIBS})
  endif()
endfunction()

# stadtmesh_binary(NAME SOURCES main.cpp DEPS ...): an executable placed in <build>/bin/NAME.
function(stadtmesh_binary name)
  stadtmesh_executable(${name} bin ${ARGN})
  target_compile_definitions(${name} PRIVATE STADTMESH_VERSION="${PROJECT_VERSION}")
endfunction()

# stadtmesh_test(NAME SOURCES a_test.cpp ... DEPS ... [LABELS unit|component|contract|e2e|fault|field|...] [TIMEOUT s] [ENV K=V ...])
# One gtest executable, one ctest entry. Label `unit` is the default. Tests that start servers say `component` or more,
# so that `ctest -L unit` stays fast. A second label, `threads`, has ThreadSanitizer watch the test too. The working directory is the source
# root.
add_custom_target(unit_and_component_tests)  # what the sanitizers of addresses and undefined behaviour run
add_custom_target(threads_tests)             # what ThreadSanitizer runs
function(stadtmesh_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS;ENV" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  stadtmesh_executable(${name} test SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS})
  target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest_main)
  if("unit" IN_LIST ARG_LABELS OR "component" IN_LIST ARG_LABELS)
    add_dependencies(unit_and_component_tests ${name})
  endif()
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(threads_tests ${name})
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
                       ENVIRONMENT "STADTMESH_BUILD=${CMAKE_BINARY_DIR};${ARG_ENV}")
endfunction()

# stadtmesh_benchmark(NAME SOURCES ... DEPS ...): an executable in <build>/bench/NAME; tools/bench runs it, ctest does not.
function(stadtmesh_benchmark name)
  stadtmesh_executable(${name} bench ${ARGN})
endfunction()

# stadtmesh_fuzzer(NAME SOURCES ... DEPS ...): a libFuzzer target in <build>/fuzz/NAME, with -DSTADTMESH_FUZZERS=ON and clang.
add_custom_target(fuzzers)
function(stadtmesh_fuzzer name)
  if(NOT STADTMESH_FUZZERS)
    return()
  endif()
  stadtmesh_executable(${name} fuzz ${ARGN})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endfunction()
