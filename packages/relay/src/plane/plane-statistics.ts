/** What the plane counts, in the order of the shared array. All only grow but those that say what is now. */
const names = [
  'allocationsUdp',
  'allocationsTcp',
  'allocationsTls',
  'allocationsNow',
  'streamsNow',
  'packetsToPeer',
  'bytesToPeer',
  'packetsToClient',
  'bytesToClient',
  'bindings',
  'challenged',
  'unanswered',
  'malformed',
  'portsExhausted',
  'faults',
  'slowReaderDrops',
  'streamsRefused',
  'receivedDatagrams',
  'sentDatagrams',
  'droppedSends',
  'coalescingMicroseconds',
] as const;

export type PlaneStatistic = (typeof names)[number];
/** A moment's figures: see {@link PlaneCounters}. `allocationsNow`, `streamsNow` and `coalescingMicroseconds` say what is now, the rest only grows. */
export type PlaneStatistics = Readonly<Record<PlaneStatistic, number>>;

const positions = Object.fromEntries(names.map((name, index) => [name, index])) as Readonly<Record<PlaneStatistic, number>>;

/** Figures in memory that two threads share: one writes, the other reads at any time. */
export class PlaneCounters {
  readonly memory: SharedArrayBuffer;
  private readonly values: Float64Array;

  constructor(memory = new SharedArrayBuffer(names.length * 8)) {
    this.memory = memory;
    this.values = new Float64Array(memory);
  }

  add(name: PlaneStatistic, amount = 1): void {
    const at = positions[name];
    this.values[at] = (this.values[at] ?? 0) + amount;
  }

  set(name: PlaneStatistic, value: number): void {
    this.values[positions[name]] = value;
  }

  setAll(values: Partial<PlaneStatistics>): void {
    for (const name of names) if (values[name] !== undefined) this.set(name, values[name]);
  }

  read(): PlaneStatistics {
    return Object.fromEntries(names.map((name, index) => [name, this.values[index] ?? 0])) as PlaneStatistics;
  }
}
