// What JavaScript holds by number. A number is a place in the table and how often that place was used before, so a number that was removed stays wrong for ever;
// a place whose count is used up is not used again.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

template <typename Item>
class NumberedTable {
 public:
  /// @return Its number, or -1 where every number is used up.
  int32_t add(std::unique_ptr<Item> item) {
    int32_t place;
    if (free_.size() > resting || (!free_.empty() && places_.size() == capacity)) {
      place = free_.front();
      free_.pop_front();
    } else if (places_.size() < capacity) {
      place = static_cast<int32_t>(places_.size());
      places_.push_back({.number = place, .item = nullptr});
    } else {
      return -1;
    }
    places_[place].item = std::move(item);
    return places_[place].number;
  }

  /// @return nullptr where there is none of this number.
  Item* find(int32_t number) const {
    const auto place = static_cast<size_t>(number & (capacity - 1));
    if (number < 0 || place >= places_.size()) return nullptr;
    return places_[place].number == number ? places_[place].item.get() : nullptr;
  }

  void remove(int32_t number) {
    if (find(number) == nullptr) return;
    Place& place = places_[number & (capacity - 1)];
    place.item.reset();
    if (number >> placeBits == lastUse) return;
    place.number += capacity;
    free_.push_back(number & (capacity - 1));
  }

 private:
  static constexpr int placeBits = 20;
  static constexpr int32_t capacity = 1 << placeBits;
  static constexpr int32_t lastUse = INT32_MAX >> placeBits;
  /// Places that rest before the first of them is used again.
  static constexpr size_t resting = 1024;

  struct Place {
    int32_t number;
    std::unique_ptr<Item> item;
  };
  std::vector<Place> places_;
  /// Longest free first, so that a number comes back as late as possible.
  std::deque<int32_t> free_;
};
