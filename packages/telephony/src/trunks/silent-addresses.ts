/** The addresses of trunks that said nothing when they were called last, by trunk. */
export class SilentAddresses {
  readonly #since = new Map<string, Map<string, number>>();

  /** Those of a trunk, each with when that was, in milliseconds since 1970. */
  of(trunk: string): ReadonlyMap<string, number> {
    return this.#since.get(trunk) ?? nothing;
  }

  /** @returns Whether it was not known. */
  add(trunk: string, address: string, at: number): boolean {
    const since = this.#since.get(trunk) ?? new Map<string, number>();
    if (since.has(address)) return false;
    this.#since.set(trunk, since.set(address, at));
    return true;
  }

  /** The address has been heard. @returns Whether it was thought to be silent. */
  delete(trunk: string, address: string): boolean {
    const since = this.#since.get(trunk);
    const isGone = since?.delete(address) ?? false;
    if (since?.size === 0) this.#since.delete(trunk);
    return isGone;
  }

  /** All of a trunk. @returns Whether there were any. */
  forget(trunk: string): boolean {
    return this.#since.delete(trunk);
  }
}

const nothing: ReadonlyMap<string, number> = new Map();
