import { loadKernel } from '../load-kernel.ts';
import { createDgramUdpSockets } from './dgram-udp-sockets.ts';
import { createNativeUdpSockets, type NativeUdp } from './native-udp-sockets.ts';
import type { UdpBatchHandler, UdpSockets, UdpThread } from './udp-sockets.ts';

export interface UdpSocketsOptions {
  readonly onBatch: UdpBatchHandler;
  /** Without it: native where its kernel is built, else `node:dgram`. */
  readonly implementation?: 'native' | 'dgram';
  /**
   * `own`: the thread exists for these sockets. It waits for them and, among them, for its event loop, and not the loop for them, which saves two system calls for each wake-up.
   * There is one such object at most in a thread at a time, and `performance.eventLoopUtilization()` takes its waiting for work (see {@link UdpStatistics.waitedMs}). `shared` by default;
   * the fallback ignores it.
   */
  readonly thread?: UdpThread;
}

/** @throws {Error} Where `native` is asked for and absent, or the thread is owned by others; the message says why. */
export function createUdpSockets({ onBatch, implementation, thread = 'shared' }: UdpSocketsOptions): UdpSockets {
  if (implementation === 'dgram') return createDgramUdpSockets(onBatch);
  const kernel = loadKernel<NativeUdp>('udp');
  if (kernel.kind === 'loaded') return createNativeUdpSockets(kernel.exports, onBatch, thread);
  if (implementation === 'native') throw new Error(kernel.absentBecause);
  return createDgramUdpSockets(onBatch, kernel.absentBecause);
}
