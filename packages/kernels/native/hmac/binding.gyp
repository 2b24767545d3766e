{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "hmac", "sources": ["module.cc"] }]
}
