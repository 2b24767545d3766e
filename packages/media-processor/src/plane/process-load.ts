import type { UdpSockets } from '@dialplane/kernels';
import { ThreadLoad } from '../threads/thread-load.ts';
import type { Composing } from './pictures/composing.ts';
import type { Mixing } from './sound/mixing.ts';

/** How busy a media process is: its packet thread, its mixer or its composer, whichever works most. */
export class ProcessLoad {
  private readonly sockets: UdpSockets;
  private readonly mixing: Mixing;
  private readonly composing: Composing;
  private readonly threads: ThreadLoad;

  constructor(sockets: UdpSockets, mixing: Mixing, composing: Composing) {
    this.sockets = sockets;
    this.mixing = mixing;
    this.composing = composing;
    this.threads = new ThreadLoad(performance.now(), this.workedMs());
  }

  /** Of one core in the last two seconds, 0 to 1. To be asked about twice a second. */
  measure(): number {
    return this.threads.observe(performance.now(), this.workedMs());
  }

  /** What the event loop takes for work is also the packet thread's waiting in its sockets. A thread that has to wait for a core counts as one that works: it has no room either. */
  private workedMs(): readonly number[] {
    const packetThread = performance.eventLoopUtilization().active - this.sockets.statistics().waitedMs;
    return [packetThread, this.mixing.current?.statistics().workedMs ?? 0, this.composing.current?.statistics().workedMs ?? 0];
  }
}
