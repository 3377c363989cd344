#include "http/client/name_lookup.hpp"

#include "core/base/unique_fd.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::http {

namespace {

using endpoints = std::vector<tcp::endpoint>;
using clock = std::chrono::steady_clock;

/// What the thread and the loop share; the later one to leave frees it.
struct question {
    std::string host;
    core::unique_fd done; // readable when the answer is there
    std::mutex mutex{};   // guards the answer
    int fault = EAI_AGAIN;
    endpoints found{};
};

endpoints copy(const addrinfo* list) {
    endpoints all;
    for (; list != nullptr; list = list->ai_next) {
        tcp::endpoint one;
        if (list->ai_addrlen <= one.capacity()) {
            std::memcpy(one.data(), list->ai_addr, list->ai_addrlen);
            one.resize(list->ai_addrlen);
            all.push_back(one);
        }
    }
    return all;
}

void ask(question& what) noexcept {
    try {
        addrinfo hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* list = nullptr;
        const int fault = ::getaddrinfo(what.host.c_str(), nullptr, &hints, &list);
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(
            fault == 0 ? list : nullptr, ::freeaddrinfo);
        const std::scoped_lock lock(what.mutex);
        what.fault = fault;
        what.found = copy(owned.get());
    } catch (const std::exception&) { // no memory: the fault is still EAI_AGAIN
    }
    ::eventfd_write(what.done.get(), 1);
}

/// False when no thread can be started.
bool start(const std::shared_ptr<question>& what,
           const std::shared_ptr<std::atomic<unsigned>>& threads) {
    if (threads->fetch_add(1) < name_lookup::max_threads) {
        try {
            std::thread([what, threads] {
                ask(*what);
                threads->fetch_sub(1);
            }).detach();
            return true;
        } catch (const std::system_error&) { // no thread: as if there were too many
        }
    }
    threads->fetch_sub(1);
    return false;
}

call_fault no_answer(const std::string& host, const std::string& why) {
    return {call_fault::kind::name, "the name " + host + " cannot be resolved: " + why};
}

call_result<endpoints> answer_of(question& what) {
    const std::scoped_lock lock(what.mutex);
    if (what.fault != 0 || what.found.empty()) {
        return no_answer(what.host, ::gai_strerror(what.fault));
    }
    return std::move(what.found);
}

endpoints with_port(endpoints all, std::uint16_t port) {
    for (auto& one : all) {
        one.port(port);
    }
    return all;
}

} // namespace

struct name_lookup::state : std::enable_shared_from_this<state> {
    struct waiter {
        std::uint16_t port;
        handler then;
    };
    struct lookup {
        std::shared_ptr<question> what;
        net::posix::stream_descriptor done;
        std::vector<waiter> waiting{};
    };
    struct answer {
        endpoints found;
        clock::time_point since;
    };

    explicit state(net::io_context& of) : context(of) {}

    /// Starts to ask; the fault, if it cannot.
    std::string begin(const std::string& host);
    void end(const std::string& host);
    void keep(const std::string& host, const endpoints& found);

    net::io_context& context;
    std::map<std::string, lookup> asked;
    std::map<std::string, answer> known;
    std::shared_ptr<std::atomic<unsigned>> threads = std::make_shared<std::atomic<unsigned>>(0);
};

std::string name_lookup::state::begin(const std::string& host) {
    auto what = std::make_shared<question>();
    what->host = host;
    what->done = core::unique_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    core::unique_fd ours(::fcntl(what->done.get(), F_DUPFD_CLOEXEC, 0));
    if (ours.get() < 0) {
        return std::generic_category().message(errno);
    }
    net::posix::stream_descriptor done(context, ours.get());
    ours.release();
    if (!start(what, threads)) {
        return "too many look-ups are waiting for the resolver";
    }
    auto& one = asked.emplace(host, lookup{std::move(what), std::move(done)}).first->second;
    one.done.async_wait(net::posix::stream_descriptor::wait_read,
                        [weak = weak_from_this(), host](const error_code&) {
                            if (const auto self = weak.lock()) {
                                self->end(host);
                            }
                        });
    return {};
}

void name_lookup::state::end(const std::string& host) {
    auto node = asked.extract(host);
    if (!node) {
        return;
    }
    auto& [what, done, waiting] = node.mapped();
    const auto outcome = answer_of(*what);
    if (outcome) {
        keep(host, *outcome);
    }
    for (auto& one : waiting) {
        if (outcome) {
            one.then(with_port(*outcome, one.port));
        } else {
            one.then(outcome);
        }
    }
}

void name_lookup::state::keep(const std::string& host, const endpoints& found) {
    const auto now = clock::now();
    std::erase_if(known, [now](const auto& one) { return now - one.second.since >= life; });
    known[host] = {found, now};
}

name_lookup::name_lookup(net::io_context& context) : state_(std::make_shared<state>(context)) {}

name_lookup::~name_lookup() = default;

void name_lookup::find(const std::string& host, std::uint16_t port, handler then) {
    error_code not_numeric;
    if (const auto address = net::ip::make_address(host, not_numeric); !not_numeric) {
        then(endpoints{tcp::endpoint(address, port)});
        return;
    }
    const auto seen = state_->known.find(host);
    if (seen != state_->known.end() && clock::now() - seen->second.since < life) {
        then(with_port(seen->second.found, port));
        return;
    }
    if (!state_->asked.contains(host)) {
        if (const auto why = state_->begin(host); !why.empty()) {
            then(no_answer(host, why));
            return;
        }
    }
    auto& waiting = state_->asked.at(host).waiting;
    if (waiting.size() >= max_waiting) {
        then(no_answer(host, "too many calls are waiting for the resolver"));
        return;
    }
    waiting.push_back({port, std::move(then)});
}

void name_lookup::forget(const std::string& host) {
    state_->known.erase(host);
}

} // namespace sluice::http
