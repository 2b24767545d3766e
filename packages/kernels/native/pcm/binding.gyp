{
  "includes": ["../kernel.gypi"],
  "targets": [{ "target_name": "pcm", "sources": ["module.cc", "operations.cc", "conceal.cc", "resampler.cc"] }]
}
