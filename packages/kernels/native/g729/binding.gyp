{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "g729", "sources": ["module.cc", "codec.cc"], "libraries": ["-lbcg729"] }]
}
