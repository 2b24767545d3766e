{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "g722", "sources": ["module.cc", "codec.cc", "band.cc"] }]
}
