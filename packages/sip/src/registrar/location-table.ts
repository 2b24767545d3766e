import { DeadlineHeap, type Instant } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';

/** Where one telephone of an address of record is reached (RFC 3261 §10.3). */
export interface Binding {
  /** Contact URI as it was registered: what requests for the address of record are sent to (RFC 3261 §16.5). */
  readonly contact: string;
  readonly displayName?: string;
  /** Preference in thousandths, 0..1000; higher is tried first (RFC 3261 §20.10). */
  readonly q: number;
  readonly callId: string;
  readonly cSeq: number;
  readonly expiresAt: Instant;
  /** Proxies on the way to it, nearest to us first (RFC 3327 §5.3); each a name-addr. */
  readonly path: readonly string[];
  /** What the registration came over: where requests go, too, as long as it is there (RFC 5626 §5.3). Of a binding of an earlier run, only UDP is. */
  readonly flow: SipFlow;
  /** `+sip.instance` and `reg-id`, where it registered for its flow (RFC 5626 §4.2). */
  readonly outbound?: { readonly instanceId: string; readonly regId: number };
  readonly userAgent?: string;
}

/** A change of what is registered; a binding that is refreshed is replaced by another one. */
export type LocationChange =
  | { readonly kind: 'bound'; readonly addressOfRecord: string; readonly binding: Binding }
  | { readonly kind: 'unbound'; readonly addressOfRecord: string; readonly binding: Binding; readonly why: 'removed' | 'expired' | 'replaced' | 'flowLost' };

/** The location service (RFC 3261 §10, §16.5): who is reached where. Time is given to it, and what it holds is bounded by who fills it. */
export class LocationTable {
  private readonly byAddress = new Map<string, readonly Binding[]>();
  private readonly deadlines = new DeadlineHeap<string>();
  private changes: LocationChange[] = [];

  /** Addresses of record that have bindings. */
  get size(): number {
    return this.byAddress.size;
  }

  /** Best first: by q, then the newest. */
  bindingsOf(addressOfRecord: string, now: Instant): readonly Binding[] {
    return (this.byAddress.get(addressOfRecord) ?? []).filter(({ expiresAt }) => expiresAt > now);
  }

  /** Every binding, whether or not its time is over. */
  all(): ReadonlyArray<{ readonly addressOfRecord: string; readonly binding: Binding }> {
    return [...this.byAddress].flatMap(([addressOfRecord, bindings]) => bindings.map((binding) => ({ addressOfRecord, binding })));
  }

  /** What has changed since the last call. */
  takeChanges(): readonly LocationChange[] {
    const taken = this.changes;
    this.changes = [];
    return taken;
  }

  /** Adds a binding, in place of those that `replaced` names. */
  bind(addressOfRecord: string, binding: Binding, replaced: readonly Binding[] = []): void {
    for (const each of replaced) {
      this.changes.push({ kind: 'unbound', addressOfRecord, binding: each, why: 'replaced' });
    }
    const kept = (this.byAddress.get(addressOfRecord) ?? []).filter((each) => !replaced.includes(each));
    this.byAddress.set(addressOfRecord, [binding, ...kept].toSorted((a, b) => b.q - a.q));
    this.deadlines.add(binding.expiresAt, addressOfRecord);
    this.changes.push({ kind: 'bound', addressOfRecord, binding });
  }

  unbind(addressOfRecord: string, removed: readonly Binding[], why: 'removed' | 'expired' | 'flowLost'): void {
    if (removed.length === 0) return;
    const kept = (this.byAddress.get(addressOfRecord) ?? []).filter((each) => !removed.includes(each));
    if (kept.length === 0) this.byAddress.delete(addressOfRecord);
    else this.byAddress.set(addressOfRecord, kept);
    for (const binding of removed) this.changes.push({ kind: 'unbound', addressOfRecord, binding, why });
  }

  /** A connection is gone, and with it every binding that was reached over it alone (RFC 5626 §5.3). */
  loseConnection(connectionId: number): void {
    for (const [addressOfRecord, bindings] of this.byAddress) {
      this.unbind(addressOfRecord, bindings.filter(({ flow }) => flow.connectionId === connectionId), 'flowLost');
    }
  }

  /** Forgets bindings whose time is over. */
  handleTimeout(now: Instant): void {
    for (let address = this.deadlines.takeDue(now); address !== undefined; address = this.deadlines.takeDue(now)) {
      this.unbind(address, (this.byAddress.get(address) ?? []).filter(({ expiresAt }) => expiresAt <= now), 'expired');
    }
  }

  pollTimeout(): Instant | undefined {
    return this.deadlines.next();
  }
}
