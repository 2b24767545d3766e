{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "g711", "sources": ["module.cc"] }]
}
