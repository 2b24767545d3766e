import { loadKernel } from '../load-kernel.ts';
import { createDgramUdpSockets } from './dgram-udp-sockets.ts';
import { createNativeUdpSockets, type NativeUdp } from './native-udp-sockets.ts';
import type { UdpBatchHandler, UdpSockets } from './udp-sockets.ts';

export interface UdpSocketsOptions {
  readonly onBatch: UdpBatchHandler;
  /** Without it: native where its kernel is built, else `node:dgram`. */
  readonly implementation?: 'native' | 'dgram';
}

/** @throws {Error} Where `native` is asked for and absent; the message says why. */
export function createUdpSockets({ onBatch, implementation }: UdpSocketsOptions): UdpSockets {
  if (implementation === 'dgram') return createDgramUdpSockets(onBatch);
  const kernel = loadKernel<NativeUdp>('udp');
  if (kernel.kind === 'loaded') return createNativeUdpSockets(kernel.exports, onBatch);
  if (implementation === 'native') throw new Error(kernel.absentBecause);
  return createDgramUdpSockets(onBatch, kernel.absentBecause);
}
