import type { TrunkHealth } from '@dialplane/calling-api';

/** What the watch over a trunk has seen last. */
export type TrunkSigns = Pick<TrunkHealth, 'ping' | 'tls' | 'registration' | 'reason'> & {
  /** When it was heard last, in milliseconds since 1970. */
  readonly lastSeenAt?: number;
};

const unseen: TrunkSigns = { ping: 'unknown', tls: 'unknown', registration: 'none' };

/** How all trunks are. Whoever watches them writes here; routing and operators read. */
export class TrunkHealthBoard {
  readonly #signs = new Map<string, TrunkSigns>();
  readonly #listeners = new Set<(trunk: string, signs: TrunkSigns) => void>();

  /** Replaces what is known of a trunk in the fields given. */
  note(trunk: string, signs: Partial<TrunkSigns>): void {
    const { reason: _old, ...before } = this.of(trunk);
    const after = { ...before, ...signs };
    this.#signs.set(trunk, after);
    for (const listener of this.#listeners) listener(trunk, after);
  }

  forget(trunk: string): void {
    this.#signs.delete(trunk);
  }

  of(trunk: string): TrunkSigns {
    return this.#signs.get(trunk) ?? unseen;
  }

  onChange(listener: (trunk: string, signs: TrunkSigns) => void): void {
    this.#listeners.add(listener);
  }

  /** Why a trunk is tried last, in a sentence; `undefined` while nothing speaks against it. */
  demotion(trunk: string): string | undefined {
    const { ping, registration, reason } = this.of(trunk);
    if (ping === 'error' || ping === 'expired') return reason ?? 'it does not answer OPTIONS.';
    if (registration === 'failed') return reason ?? 'its carrier refuses the registration.';
    return undefined;
  }
}

/** As operators see it. */
export function healthView(signs: TrunkSigns, isEnabled: boolean, activeLines: number): TrunkHealth {
  const { lastSeenAt, reason, ...rest } = signs;
  return {
    ...rest, activeLines, state: isEnabled ? stateOf(signs) : 'disabled',
    ...(lastSeenAt !== undefined && { lastSeenAt: new Date(lastSeenAt).toISOString() }), ...(reason !== undefined && { reason }),
  };
}

function stateOf({ ping, tls, registration }: TrunkSigns): TrunkHealth['state'] {
  const hasTrouble = ping === 'error' || ping === 'expired' || registration === 'failed' || tls === 'certExpired' || tls === 'certExpiring';
  if (hasTrouble) return 'warning';
  return ping === 'active' || registration === 'registered' ? 'online' : 'unknown';
}
