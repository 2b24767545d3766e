// What stands between OpenSSL and the network: one datagram goes in at a time, and each that comes out keeps its boundaries.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "openssl-pointer.h"

struct Datagrams {
  /// What arrived, until OpenSSL has read it; belongs to the caller of `feed`.
  std::span<const uint8_t> incoming;
  std::vector<std::vector<uint8_t>> outgoing;
};

BioMethod makeDatagramMethod();
/// The datagrams have to live longer than it.
Bio makeDatagramBio(const BIO_METHOD* method, Datagrams& datagrams);
