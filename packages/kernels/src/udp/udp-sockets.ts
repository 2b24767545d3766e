/**
 * What a received descriptor says: `receivedWords.stride` signed 32-bit words each, in `UdpSockets.received`. Addresses are words
 * in network order; an IPv4 address fills `w0` and leaves the rest 0 (never IPv4-mapped).
 */
export const receivedWords = {
  stride: 12,
  /** One of {@link receivedKind}. */
  kind: 0,
  socket: 1,
  /** 4 or 6. */
  family: 2,
  port: 3,
  w0: 4,
  w1: 5,
  w2: 6,
  w3: 7,
  /** Datagram: where it is in the slab. ICMP error: its type. */
  offset: 8,
  /** Datagram: its length in bytes. ICMP error: its code. */
  length: 9,
  /** Datagram: how long it has waited for others, in microseconds, at least 1 where it was one that may (`mayWait`), else 0. ICMP error: the MTU where it carries one, else 0. */
  detail: 10,
} as const;

export const receivedKind = {
  datagram: 0,
  /** An ICMP error about a datagram that `socket` sent to the address (Linux `IP_RECVERR`); the fallback never tells one. */
  icmpError: 1,
} as const;

/** What has to be sent: `outgoingWords.stride` words each, in `UdpSockets.outgoing`. */
export const outgoingWords = {
  stride: 16,
  socket: 0,
  family: 1,
  port: 2,
  w0: 3,
  w1: 4,
  w2: 5,
  w3: 6,
  /** Where the payload is in the slab: anywhere, also in the bytes that were just received. */
  offset: 7,
  length: 8,
  /** Bytes put in front of the payload; `headerLength` 0 is none. */
  headerOffset: 9,
  headerLength: 10,
  /** Bits of {@link outgoingFlags}. */
  flags: 11,
} as const;

export const outgoingFlags = { dontFragment: 1 } as const;

export interface UdpOpenOptions {
  /** IP address of the machine, or `0.0.0.0` or `::` (the latter for IPv6 alone). */
  readonly address: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** SO_RCVBUF and SO_SNDBUF, as far as the system lets it grow. */
  readonly bufferBytes?: number;
  /**
   * Whether the system may hand over a run of datagrams as one (Linux UDP_GRO), which costs less, also its sender where that is on the same machine; true by
   * default. The fallback ignores it.
   */
  readonly receivesRuns?: boolean;
  /**
   * Says which datagrams may wait: they wake nobody and are told behind the next one that may not, or after half a second at most where none comes. Those of others keep their order, but
   * are told before them. By default none may; the fallback, and a system that cannot, tell all at once.
   */
  readonly mayWait?: DatagramFilter;
}

/**
 * A classic BPF program (Linux socket filter) over the bytes of a datagram: four words for each instruction, which are its code, how many instructions to jump where a condition holds and
 * where it does not, and its operand. It ends with what it returns; where it reads past the end of the datagram, that is 0.
 */
export type DatagramFilter = Int32Array;

/** Codes of instructions. They load into the accumulator what stands at the operand, or the length of the datagram; reckon with it; copy it to the index; compare it. */
export const filterCode = { loadByte: 0x30, loadHalf: 0x28, loadLength: 0x80, add: 0x04, and: 0x54, shiftLeft: 0x64, toIndex: 0x07, jumpIfEqual: 0x15, jumpIfAboveIndex: 0x2d, return: 0x06 } as const;

/** Why a socket could not be opened: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `EAFNOSUPPORT`, `EMFILE`, ... */
export interface UdpOpenFailure {
  readonly code: string;
}

/** What a thread is there for: whatever its event loop has, or these sockets. */
export type UdpThread = 'shared' | 'own';

export interface UdpStatistics {
  readonly wakeUps: number;
  readonly receivedDatagrams: number;
  readonly sentDatagrams: number;
  /** System calls that sent; fewer than datagrams where runs went as one. */
  readonly sendCalls: number;
  /** Datagrams the system did not take (full buffer, no route): gone, as the network would lose them. */
  readonly droppedSends: number;
  /** How long a thread of its own has waited while its event loop took it for busy; 0 in one that is shared. */
  readonly waitedMs: number;
}

/**
 * Many UDP sockets served in batches: one callback for everything that has arrived, one array of descriptors for everything that is to be sent.
 * Policy-free: it knows no protocol. All buffers belong to it and are valid for its life; what a batch brought is overwritten after the callback.
 */
export interface UdpSockets {
  readonly implementation: 'native' | 'dgram';
  /** Of `dgram` where native was possible to ask for: why it is not this, as a sentence for the log. */
  readonly absentBecause?: string;
  /** Received bytes, and behind them the scratch region for what JavaScript writes. */
  readonly slab: Uint8Array;
  /** The part of the slab that is the caller's to write: headers and messages to send. Read when a send happens, free again after it. */
  readonly scratch: { readonly offset: number; readonly length: number };
  readonly received: Int32Array;
  readonly outgoing: Int32Array;
  /** How many descriptors `outgoing` holds. */
  readonly outgoingCapacity: number;
  /** Opens a socket. `done` gets its number, never used again for another while the engine lives, or why not; the native engine calls it before it returns. */
  open(options: UdpOpenOptions, done: (opened: number | UdpOpenFailure) => void): void;
  /** The port a socket has. */
  portOf(socket: number): number;
  /** Closes a socket; what arrived for it and was not told yet is discarded. Also inside the callback. */
  close(socket: number): void;
  /** Sends the first `count` descriptors of `outgoing` now: for what does not answer a batch, and to empty a full array inside one. */
  send(count: number): void;
  /**
   * How long to let datagrams gather before the callback, in microseconds; 0 serves each wake-up at once. May be set at any time, also inside the callback.
   * The fallback ignores it.
   */
  setCoalescing(microseconds: number): void;
  statistics(): UdpStatistics;
  /** Closes all sockets; no callback after it, and opening another fails with `EBADF`. */
  destroy(): void;
}

/**
 * Called with the number of descriptors in `received`; returns how many of `outgoing` to send. What it throws is the process's uncaught exception, as from any
 * event: it must not throw for what peers send.
 */
export type UdpBatchHandler = (count: number) => number;
