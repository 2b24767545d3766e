{
  "includes": ["../kernel.gypi"],
  "targets": [
    {
      "target_name": "srtp",
      "sources": ["module.cc", "context.cc", "cipher.cc", "aead-cipher.cc", "counter-cipher.cc", "sources.cc", "forwarder.cc"]
    }
  ]
}
