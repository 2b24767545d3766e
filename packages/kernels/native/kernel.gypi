{
  # What every kernel is compiled with. `sanitize=1` builds for the soak that runs the tests under ASan and UBSan.
  "variables": { "sanitize%": 0 },
  "target_defaults": {
    "defines": ["NAPI_VERSION=8"],
    "include_dirs": [".."],
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": ["-std=c++20", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-fvisibility=hidden"],
    "conditions": [
      ["sanitize==1", {
        "cflags": ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer", "-g", "-O1"],
        "cflags!": ["-fomit-frame-pointer", "-O3"],
        "ldflags": ["-fsanitize=address,undefined"]
      }]
    ]
  }
}
