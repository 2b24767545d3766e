/** A map from keys to sets of call ids that forgets empty sets. */
export class CallIndex {
  private readonly calls = new Map<string, Set<string>>();

  add(key: string, callId: string): void {
    const set = this.calls.get(key);
    if (set === undefined) this.calls.set(key, new Set([callId]));
    else set.add(callId);
  }

  remove(key: string, callId: string): void {
    const set = this.calls.get(key);
    if (set?.delete(callId) === true && set.size === 0) this.calls.delete(key);
  }

  /** A copy: callers change the index while they walk. */
  of(key: string): string[] {
    return [...(this.calls.get(key) ?? [])];
  }

  count(key: string): number {
    return this.calls.get(key)?.size ?? 0;
  }
}
