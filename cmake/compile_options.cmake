# The compile options of every translation unit, and the only library that contains Asio and Beast.

add_library(sluice_options INTERFACE)
# g++ 12 warns of overlaps in std::string's own operator+ that do not exist (GCC bugs 105329, 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(sluice_options INTERFACE -Wno-restrict)
endif()
# Link-time optimisation on all cores. CMake 3.25 requests one core, about which g++ warns.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(CMAKE_CXX_COMPILE_OPTIONS_IPO -flto=auto -fno-fat-lto-objects)
endif()
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  $<$<BOOL:${SLUICE_WERROR}>:-Werror>
  -fno-omit-frame-pointer -fstack-protector-strong -fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|i.86") # the only architecture with this flag
  target_compile_options(sluice_options INTERFACE -fcf-protection=full)
endif()
target_link_options(sluice_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code)

if(SLUICE_SANITIZE)
  target_compile_options(sluice_options INTERFACE
    -fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE})
  if(SLUICE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio issues fences that ThreadSanitizer does not model; its queues are also protected by locks.
    target_compile_options(sluice_options INTERFACE -Wno-tsan)
  endif()
else()
  target_compile_definitions(sluice_options INTERFACE
    $<$<CONFIG:Release>:_FORTIFY_SOURCE=3>) # needs optimisation; sanitizers check more
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()

# Asio and Beast are compiled once, here. Every other unit sees only their declarations.
add_library(sluice_asio STATIC cmake/boost_impl.cpp)
target_compile_definitions(sluice_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_ARRAY)
target_link_libraries(sluice_asio PUBLIC sluice_options Threads::Threads)
