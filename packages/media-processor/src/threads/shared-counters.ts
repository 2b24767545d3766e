/** Figures in memory that two threads share: each is counted by one of them and read by the other. */
export class SharedCounters<Name extends string> {
  readonly memory: SharedArrayBuffer;
  private readonly names: readonly Name[];
  private readonly values: Float64Array;

  /** @param memory of another one with the same names in the same order, to share its figures. */
  constructor(names: readonly Name[], memory = new SharedArrayBuffer(names.length * 8)) {
    this.memory = memory;
    this.names = names;
    this.values = new Float64Array(memory);
  }

  count(name: Name): void {
    this.add(name, 1);
  }

  add(name: Name, amount: number): void {
    const at = this.names.indexOf(name);
    this.values[at] = (this.values[at] ?? 0) + amount;
  }

  read(): Readonly<Record<Name, number>> {
    return Object.fromEntries(this.names.map((name, index) => [name, this.values[index] ?? 0])) as Record<Name, number>;
  }
}
