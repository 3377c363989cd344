#pragma once
// A pool of objects that are expensive to create, for reuse on the same thread. Does not reset
// them: the user does. For one thread. Used by http/connection/worker.hpp.

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace sluice::http {

template <class T>
class object_pool {
  public:
    /// Keeps at most `kept` idle objects.
    object_pool(std::size_t kept, std::function<std::unique_ptr<T>()> make)
        : kept_(kept), make_(std::move(make)) {
        idle_.reserve(kept);
    }

    [[nodiscard]] std::unique_ptr<T> take() {
        if (idle_.empty()) {
            return make_();
        }
        auto object = std::move(idle_.back());
        idle_.pop_back();
        return object;
    }

    void give_back(std::unique_ptr<T> object) noexcept {
        if (idle_.size() < kept_) {
            idle_.push_back(std::move(object)); // within the reserved capacity: cannot throw
        }
    }

  private:
    std::size_t kept_;
    std::function<std::unique_ptr<T>()> make_;
    std::vector<std::unique_ptr<T>> idle_;
};

} // namespace sluice::http
