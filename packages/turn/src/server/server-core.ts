import { DeadlineHeap, invariant, type Instant } from '@dialplane/sansio';
import { AllocationTable } from './allocation-table.ts';
import { PacketRelay } from './packet-relay.ts';
import { Replies } from './replies.ts';
import { defaultTurnServerLimits, type TurnServerLimits, type TurnServerOptions } from './server-options.ts';
import type { TurnServerOutput } from './server-output.ts';

/** Whose deadline it is. */
export type Timer =
  | { readonly kind: 'allocation'; readonly id: number }
  | { readonly kind: 'reservation'; readonly token: string }
  | { readonly kind: 'peerConnection'; readonly id: number };

/** What the parts of the server share: tables, timers, outputs and numbers. */
export class ServerCore {
  readonly options: TurnServerOptions;
  readonly limits: TurnServerLimits;
  readonly table: AllocationTable;
  readonly packets: PacketRelay;
  readonly replies: Replies;
  readonly timers = new DeadlineHeap<Timer>();
  private readonly outputs: TurnServerOutput[] = [];
  private taken = 0;
  private lastNumber = 0;

  constructor(options: TurnServerOptions) {
    this.options = options;
    this.limits = { ...defaultTurnServerLimits, ...options.limits };
    const counters = options.counters ?? new Float64Array(this.limits.allocations * 4);
    invariant((options.software?.length ?? 0) < 128, 'SOFTWARE has at most 127 characters (RFC 8489 §14.14)');
    invariant(counters.length >= this.limits.allocations * 4, 'counters need four numbers for each allocation');
    this.table = new AllocationTable(this.limits, options.randomness);
    this.packets = new PacketRelay(this.table, counters);
    this.replies = new Replies(options, (output) => this.emit(output));
  }

  emit(output: TurnServerOutput): void {
    this.outputs.push(output);
  }

  /** The oldest output; a queue that is emptied costs constant time per output however long it was. */
  takeOutput(): TurnServerOutput | undefined {
    const output = this.outputs[this.taken];
    if (output === undefined) {
      this.outputs.length = 0;
      this.taken = 0;
      return undefined;
    }
    this.taken += 1;
    return output;
  }

  /** A number for an allocation or a relay that this machine never used before. */
  nextNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }

  /** Random bytes; `length` is a multiple of 4. */
  randomBytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const word = this.options.randomness.nextUint32();
      bytes.set([word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255], at);
    }
    return bytes;
  }

  wakeAt(at: Instant, timer: Timer): void {
    this.timers.add(at, timer);
  }
}
