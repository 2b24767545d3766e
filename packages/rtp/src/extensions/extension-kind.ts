/** The header extensions that are read, written or passed on; the numbers are ours, ids are negotiated per leg ({@link HeaderExtensionMap}). */
export const extensionKind = {
  none: 0,
  /** Loudness of the source in -dBov and a voice flag (RFC 6464). */
  audioLevel: 1,
  /** Which media section a packet belongs to (RFC 9143 §15). */
  mid: 2,
  /** Which encoding of a simulcast (RFC 8852 §3.1). */
  rid: 3,
  /** Which encoding a retransmission repairs (RFC 8852 §3.2). */
  repairedRid: 4,
  /** 24 bits of seconds, 6.18 fixed-point. */
  absoluteSendTime: 5,
  /** Number of the packet on its transport (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2). */
  transportSequence: 6,
  videoOrientation: 7,
  playoutDelay: 8,
  absoluteCaptureTime: 9,
  dependencyDescriptor: 10,
} as const;

export type ExtensionKind = (typeof extensionKind)[keyof typeof extensionKind];

/** How many kinds there are, `none` included: the length of tables that are indexed by kind. */
export const extensionKindCount = 11;
