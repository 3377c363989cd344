#pragma once
// One origin of media as the library sees it. Used by media_library, core/issuer/ownership and
// app/service/media_set.

#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"
#include "core/media/media_store.hpp"
#include "core/media/trainer_filter.hpp"

namespace sluice::core {

struct media_origin {
    media_layout layout;
    trainer_filter trainers{};          // whose media it may have
    const media_store* store = nullptr; // null: it is no directory
    const catalogue* courses = nullptr; // null: it has none
};

} // namespace sluice::core
