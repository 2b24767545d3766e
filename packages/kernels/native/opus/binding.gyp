{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "opus", "sources": ["module.cc", "codec.cc"], "libraries": ["-lopus"] }]
}
