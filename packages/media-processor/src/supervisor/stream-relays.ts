const most = 20_000;

/** Relayed transport addresses behind which a client speaks TCP or TLS; told to a process that starts later, too. */
export class StreamRelays {
  private readonly addresses = new Set<string>();

  get open(): Iterable<string> {
    return this.addresses;
  }

  /** @returns Whether that is news; beyond {@link most} addresses nothing is. */
  set(address: string, isOpen: boolean): boolean {
    if (!isOpen) return this.addresses.delete(address);
    if (this.addresses.has(address) || this.addresses.size >= most) return false;
    this.addresses.add(address);
    return true;
  }
}
