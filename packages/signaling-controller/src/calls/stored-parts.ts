import type { CallSnapshot } from '@dialplane/call';

/** How the stored parts of a call's snapshot follow the newest one. */
export interface PartChanges {
  /** Name and text. */
  readonly added: ReadonlyArray<readonly [name: string, text: string]>;
  readonly removed: readonly string[];
}

/** Which parts of a call's snapshots the store holds: texts that never change are written once, not with each command. */
export class StoredParts {
  private readonly names = new Set<string>();

  /** Notes parts that the store holds already. */
  adopt(names: Iterable<string>): void {
    for (const name of names) this.names.add(name);
  }

  /** What is to be written for the parts of a snapshot; from now on it counts as written. */
  takeChanges(parts: CallSnapshot['parts']): PartChanges {
    const added = Object.entries(parts).filter(([name]) => !this.names.has(name));
    const removed = [...this.names].filter((name) => !Object.hasOwn(parts, name));
    for (const [name] of added) this.names.add(name);
    for (const name of removed) this.names.delete(name);
    return { added, removed };
  }

  /** Takes changes back whose storing failed. */
  putBack({ added, removed }: PartChanges): void {
    for (const [name] of added) this.names.delete(name);
    for (const name of removed) this.names.add(name);
  }
}
