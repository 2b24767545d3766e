{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "dtls", "sources": ["module.cc", "association.cc", "datagram-bio.cc", "identity.cc"] }]
}
