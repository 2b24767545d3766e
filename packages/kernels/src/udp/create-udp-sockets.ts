import { createDgramUdpSockets } from './dgram-udp-sockets.ts';
import type { UdpBatchHandler, UdpSockets } from './udp-sockets.ts';

export interface UdpSocketsOptions {
  readonly onBatch: UdpBatchHandler;
  /** Without it: native where its kernel is built, else `node:dgram`. */
  readonly implementation?: 'native' | 'dgram';
}

const absentBecause = 'The native kernel "udp" is not part of this version.';

/** @throws {Error} Where `native` is asked for and absent; the message says why. */
export function createUdpSockets({ onBatch, implementation }: UdpSocketsOptions): UdpSockets {
  if (implementation === 'native') throw new Error(absentBecause);
  return createDgramUdpSockets(onBatch, implementation === undefined ? absentBecause : undefined);
}
