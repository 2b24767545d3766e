{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "yuv", "sources": ["module.cc"], "libraries": ["-lyuv"] }]
}
