// Owners of what OpenSSL hands out.
#pragma once
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

template <auto Function>
struct FreeBy {
  template <typename Object>
  void operator()(Object* object) const {
    Function(object);
  }
};

using SslContext = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
using SslConnection = std::unique_ptr<SSL, FreeBy<SSL_free>>;
using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using BioMethod = std::unique_ptr<BIO_METHOD, FreeBy<BIO_meth_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
