import { type MappedFile, openMappedFile } from '@dialplane/kernels';
import { invariant } from '@dialplane/sansio';
import type { RelayUsageEvent } from '../relay-plane.ts';
import { type CountedAllocation, countersLayout, countersLength, identityOffset, slotState } from './counters-layout.ts';

const { headerLength, identityLength, identityHeaderLength, aliveAtOffset, magic, version } = countersLayout;

/** The live totals of a run of the relay, in a file that outlives it; {@link readCrashedUsage} reads what a crash left. */
export class CounterFile {
  /** The machine's counters. */
  readonly totals: Float64Array;
  private readonly file: MappedFile;
  private readonly slots: number;
  private readonly view: DataView;
  private readonly encoder = new TextEncoder();
  private readonly identities = new Map<number, CountedAllocation>();

  /** Begins a new file; what was at the path is lost. @throws {Error} With the system's code. */
  constructor(path: string, slots: number) {
    this.file = openMappedFile(path, countersLength(slots));
    this.slots = slots;
    const { bytes } = this.file;
    bytes.fill(0);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.totals = new Float64Array(bytes.buffer, bytes.byteOffset + headerLength, slots * 4);
    this.view.setUint32(8, version, true);
    this.view.setUint32(12, slots, true);
    this.encoder.encodeInto(magic, bytes);
  }

  /** `undefined` where the file is memory in the strict sense; else why it is written now and then only. */
  get absentBecause(): string | undefined {
    return this.file.implementation === 'mapped' ? undefined : (this.file.absentBecause ?? '');
  }

  /** Says that the relay lives: when it crashes, its allocations ended about then. @param at milliseconds since 1970. */
  setAlive(at: number): void {
    this.view.setFloat64(aliveAtOffset, at, true);
  }

  /** Says whose totals a slot holds. */
  occupy(slot: number, identity: CountedAllocation): void {
    this.identities.set(slot, identity);
    this.write(slot, slotState.live, identity);
  }

  /** The allocation has ended; its slot is kept until `free`. */
  stop(slot: number, reason: NonNullable<RelayUsageEvent['reason']>, at: number): void {
    const identity = this.identities.get(slot);
    invariant(identity !== undefined, `slot ${slot} stops and was not occupied`);
    this.write(slot, slotState.stopped, { ...identity, stopped: { reason, at } });
  }

  free(slot: number): void {
    this.identities.delete(slot);
    this.view.setUint32(identityOffset(this.slots, slot), slotState.free, true);
  }

  close(): void {
    this.file.close();
  }

  /** The state is written last: a crash in between leaves the slot free, or as it was. */
  private write(slot: number, state: number, identity: CountedAllocation): void {
    const at = identityOffset(this.slots, slot);
    const text = this.encoder.encode(JSON.stringify(identity));
    invariant(text.length <= identityLength - identityHeaderLength, `an identity of ${text.length} bytes does not fit its slot`);
    this.view.setUint32(at, slotState.free, true);
    this.file.bytes.set(text, at + identityHeaderLength);
    this.view.setUint32(at + 4, text.length, true);
    this.view.setUint32(at, state, true);
  }
}
