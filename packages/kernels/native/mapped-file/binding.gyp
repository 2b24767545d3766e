{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "mapped-file", "sources": ["module.cc", "map-file.cc"] }]
}
