// The only translation unit that compiles Asio and Beast; see cmake/compile_options.cmake.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
