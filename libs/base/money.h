// Amounts of money as whole euro cents; never a floating-point number.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace stadtmesh {

// An amount in euro cents. Overflow cannot happen below 92 quadrillion euros and is not checked.
struct Money {
  int64_t cents = 0;
  auto operator<=>(const Money&) const = default;
  Money operator+(Money other) const { return {cents + other.cents}; }
  Money operator-(Money other) const { return {cents - other.cents}; }
  Money operator*(int64_t factor) const { return {cents * factor}; }
  Money& operator+=(Money other) {
    cents += other.cents;
    return *this;
  }
};

// "12,50 €" and "-0,05 €" (German), "€12.50" and "-€0.05" (English).
std::string FormatGerman(Money amount);
std::string FormatEnglish(Money amount);

}  // namespace stadtmesh
