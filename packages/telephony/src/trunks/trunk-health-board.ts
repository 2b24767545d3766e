import type { TrunkHealth } from '@dialplane/calling-api';

/** What the watch over a trunk has seen last. */
export type TrunkSigns = Pick<TrunkHealth, 'ping' | 'tls' | 'registration' | 'reason'> & {
  /** When it was heard last, in milliseconds since 1970. */
  readonly lastSeenAt?: number;
};

/** What calls to a trunk have shown. */
export interface TrunkCallSigns {
  readonly calls: TrunkHealth['calls'];
  /** URIs of its addresses that are called after the others: those to which calls failed last, or that say nothing to OPTIONS. */
  readonly heldAddresses: ReadonlySet<string>;
  /** Why `calls` is `silent` or `refused`, in a sentence. */
  readonly reason?: string;
}

const unseen: TrunkSigns = { ping: 'unknown', tls: 'unknown', registration: 'none' };
const uncalled: TrunkCallSigns = { calls: 'unknown', heldAddresses: new Set() };

/** How all trunks are. Whoever watches them writes here; routing and operators read. */
export class TrunkHealthBoard {
  readonly #signs = new Map<string, TrunkSigns>();
  readonly #calls = new Map<string, TrunkCallSigns>();
  readonly #listeners = new Set<(trunk: string, signs: TrunkSigns) => void>();

  /** Replaces what is known of a trunk in the fields given. */
  note(trunk: string, signs: Partial<TrunkSigns>): void {
    const { reason: _old, ...before } = this.of(trunk);
    const after = { ...before, ...signs };
    this.#signs.set(trunk, after);
    for (const listener of this.#listeners) listener(trunk, after);
  }

  noteCalls(trunk: string, signs: TrunkCallSigns): void {
    this.#calls.set(trunk, signs);
  }

  forget(trunk: string): void {
    this.#signs.delete(trunk);
    this.#calls.delete(trunk);
  }

  of(trunk: string): TrunkSigns {
    return this.#signs.get(trunk) ?? unseen;
  }

  callsOf(trunk: string): TrunkCallSigns {
    return this.#calls.get(trunk) ?? uncalled;
  }

  onChange(listener: (trunk: string, signs: TrunkSigns) => void): void {
    this.#listeners.add(listener);
  }

  /** Why a trunk is tried last, in a sentence; `undefined` while nothing speaks against it. */
  demotion(trunk: string): string | undefined {
    const { ping, registration, reason } = this.of(trunk);
    if (ping === 'error' || ping === 'expired') return reason ?? 'it does not answer OPTIONS.';
    if (registration === 'failed') return reason ?? 'its carrier refuses the registration.';
    return this.callsOf(trunk).reason;
  }
}

/** As operators see it. */
export function healthView(signs: TrunkSigns, { calls, reason: failure }: TrunkCallSigns, isEnabled: boolean, activeLines: number): TrunkHealth {
  const { lastSeenAt, reason = failure, ...rest } = signs;
  return {
    ...rest, calls, activeLines, state: isEnabled ? stateOf(signs, calls) : 'disabled',
    ...(lastSeenAt !== undefined && { lastSeenAt: new Date(lastSeenAt).toISOString() }), ...(reason !== undefined && { reason }),
  };
}

function stateOf({ ping, tls, registration }: TrunkSigns, calls: TrunkHealth['calls']): TrunkHealth['state'] {
  const hasTrouble = calls === 'silent' || calls === 'refused' || ping === 'error' || ping === 'expired' || registration === 'failed' || tls === 'certExpired' || tls === 'certExpiring';
  if (hasTrouble) return 'warning';
  return ping === 'active' || calls === 'heard' || registration === 'registered' ? 'online' : 'unknown';
}
