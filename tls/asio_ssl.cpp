// The only translation unit that compiles Asio's TLS; cmake/boost_impl.cpp compiles the rest of it.
#include <boost/asio/ssl/impl/src.hpp>
