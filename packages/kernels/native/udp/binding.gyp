{
  "includes": ["../kernel.gypi"],
  "targets": [
    {
      "target_name": "udp",
      "sources": ["module.cc", "engine.cc", "receiver.cc", "error-queue.cc", "sender.cc", "flows.cc", "socket-table.cc", "open-socket.cc", "patient-watch.cc", "loop-wait.cc"]
    }
  ]
}
