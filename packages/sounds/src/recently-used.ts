/** Values by a name, in the order in which they were last used; beyond `most` the oldest are forgotten. */
export class RecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most = Infinity) {
    this.#most = most;
  }

  get size(): number {
    return this.#values.size;
  }

  add(name: string, value: Value): void {
    this.#values.delete(name);
    this.#values.set(name, value);
    if (this.#values.size > this.#most) this.takeOldest();
  }

  /** @returns The value, which is the newest from now on. */
  use(name: string): Value | undefined {
    const value = this.#values.get(name);
    if (value !== undefined) this.add(name, value);
    return value;
  }

  /** Removes and returns the value that has not been used for longest. */
  takeOldest(): Value | undefined {
    for (const [name, value] of this.#values) {
      this.#values.delete(name);
      return value;
    }
    return undefined;
  }
}
