#pragma once
// The means of one thread to read objects: its clients, its lookups in progress, and the readers
// that it watches. It belongs to a worker and ends before the worker's io_context. It decides
// nothing about responses: object_origin does. Used by http/connection/worker through
// http/exchange, by http/handlers/open_file and by http/objects/object_reader.

#include "http/client/client.hpp"
#include "http/objects/object_lookup.hpp"
#include "http/objects/object_origin.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace sluice::http {

/// A reader whose client may take nothing for long.
class object_watched : public boost::intrusive::list_base_hook<
                           boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    /// Gives up the connection to the store if nothing has been asked for since `before`.
    virtual void release(std::chrono::steady_clock::time_point before) = 0;
    /// The time after which it does so.
    [[nodiscard]] virtual std::chrono::milliseconds patience() const noexcept = 0;

  protected:
    ~object_watched() = default;
};

class object_desk {
  public:
    explicit object_desk(net::io_context& context);
    ~object_desk();
    object_desk(const object_desk&) = delete;
    object_desk& operator=(const object_desk&) = delete;

    [[nodiscard]] net::io_context& context() noexcept { return context_; }
    /// The client for the connections of this origin.
    [[nodiscard]] client& client_of(const object_origin& origin);

    /// Finds the version of the object at `path`, and calls `then` later. Requests for the same
    /// object at the same time share one lookup.
    void find(const std::shared_ptr<object_origin>& origin, const std::string& path,
              object_lookup::handler then);

    /// release() of `one` is called about once a second, until it is destroyed.
    void watch(object_watched& one);

  private:
    struct connections {
        std::shared_ptr<const channel_maker> secure; // what they are made by
        std::unique_ptr<client> by;
    };

    void sweep_later();

    net::io_context& context_;
    std::vector<connections> clients_;
    std::list<object_lookup> lookups_;
    boost::intrusive::list<object_watched, boost::intrusive::constant_time_size<false>> watched_;
    net::steady_timer sweep_;
    bool is_sweeping_ = false;
};

} // namespace sluice::http
