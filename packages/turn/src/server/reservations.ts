import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { TransportAddress } from '@dialplane/stun';
import type { Account } from './allocation.ts';
import type { ServerCore } from './server-core.ts';

/** RFC 8656 §7.2: how long a reserved port is held. */
const reservationLifetimeMs = 30_000;

/** A port next to a relay's, open and waiting for whoever shows the token. */
export interface Reservation {
  readonly token: string;
  readonly relay: number;
  readonly address: TransportAddress;
  readonly account: Account;
  readonly expiresAt: Instant;
}

/** The ports that EVEN-PORT reserved (RFC 8656 §7.2). Each belongs to its user's account until it is used or given up. */
export class Reservations {
  private readonly core: ServerCore;
  private readonly byToken = new Map<string, Reservation>();

  constructor(core: ServerCore) {
    this.core = core;
  }

  hold(relay: number, address: TransportAddress, account: Account, now: Instant): Reservation {
    const token = [...this.core.randomBytes(8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const reservation = { token, relay, address, account, expiresAt: addMilliseconds(now, reservationLifetimeMs) };
    this.byToken.set(token, reservation);
    account.reservations += 1;
    this.core.wakeAt(reservation.expiresAt, { kind: 'reservation', token });
    return reservation;
  }

  /** The reservation of a token, if it still holds. */
  find(token: string, now: Instant): Reservation | undefined {
    const reservation = this.byToken.get(token);
    return reservation !== undefined && now < reservation.expiresAt ? reservation : undefined;
  }

  /** Hands the relay over to an allocation. */
  redeem(reservation: Reservation): void {
    this.byToken.delete(reservation.token);
    reservation.account.reservations -= 1;
    this.core.table.releaseAccount(reservation.account);
  }

  handleTimeout(token: string): void {
    const reservation = this.byToken.get(token);
    if (reservation !== undefined) this.giveUp(reservation);
  }

  giveUpAll(): void {
    for (const reservation of this.byToken.values()) this.giveUp(reservation);
  }

  private giveUp(reservation: Reservation): void {
    this.redeem(reservation);
    this.core.emit({ kind: 'closeRelay', relay: reservation.relay });
  }
}
