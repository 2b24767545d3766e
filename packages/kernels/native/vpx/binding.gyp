{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "vpx", "sources": ["module.cc", "decoder.cc", "encoder.cc"], "libraries": ["-lvpx"] }]
}
