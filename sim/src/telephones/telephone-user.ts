import type { Instant } from '@dialplane/sansio';
import type { SessionCommand, SessionEndCause, SipRoute, UserAgentEvent } from '@dialplane/sip';
import type { Chance } from '../chance.ts';

/** What a user needs of the telephone. */
export interface Telephone {
  do(command: SessionCommand, now: Instant): void;
  after(milliseconds: number, act: (now: Instant) => void, now: Instant): void;
}

/** What users have seen, over all their sessions. */
export type UserTally = Record<'called' | 'received' | 'answered' | 'acknowledged' | 'changes' | 'changesAgreed' | 'changesRefused' | 'referrals' | 'infos' | 'early' | SessionEndCause, number>;

interface UsedSession {
  readonly role: 'caller' | 'callee';
  /** Events of kind `ended`. */
  ends: number;
}

/**
 * Somebody with a telephone: calls with and without offer, with and without session timer; lets it ring, answers, refuses, cancels, holds, transfers, sends digits
 * and hangs up, whenever chance says so. Remembers every session, and throws when one is told of after its end.
 */
export class TelephoneUser {
  readonly tally: UserTally = {
    called: 0, received: 0, answered: 0, acknowledged: 0, changes: 0, changesAgreed: 0, changesRefused: 0, referrals: 0, infos: 0, early: 0,
    refused: 0, cancelled: 0, hungUp: 0, replaced: 0, noResponse: 0, sendFailed: 0, notAcknowledged: 0, expired: 0, dialogLost: 0, noAgreement: 0,
  };
  readonly sessions = new Map<string, UsedSession>();
  private readonly address: string;
  private readonly chance: Chance;
  private readonly telephone: Telephone;
  private version = 0;

  constructor(address: string, chance: Chance, telephone: Telephone) {
    this.address = address;
    this.chance = chance;
    this.telephone = telephone;
  }

  call(callee: string, route: SipRoute, now: Instant): void {
    const { chance } = this;
    const sessionId = `own-${this.tally.called}`;
    this.tally.called += 1;
    this.sessions.set(sessionId, { role: 'caller', ends: 0 });
    this.telephone.do({
      kind: 'invite',
      sessionId,
      route,
      uri: `sip:somebody@${callee}`,
      from: `<sip:user@${this.address}>`,
      contact: `sip:user@${this.address}`,
      reliable: chance.pick(['none', 'supported', 'required']),
      ringMs: chance.between(20_000, 60_000),
      sessionTimer: { intervalSeconds: chance.between(90, 600), ...(chance.happens(0.5) ? { refresher: chance.pick(['us', 'peer']) } : {}) },
      ...(chance.happens(0.85) ? { description: this.description() } : {}),
    }, now);
    if (chance.happens(0.1)) this.later(300, 10_000, { kind: 'end', sessionId, reason: 'SIP ;cause=487' }, now);
  }

  handleEvent(event: UserAgentEvent, now: Instant): void {
    if (!('sessionId' in event)) return;
    if (event.kind === 'incoming') this.sessions.set(event.sessionId, { role: 'callee', ends: 0 });
    const session = this.sessions.get(event.sessionId);
    if (session === undefined || session.ends > 0) throw new Error(`${this.address} was told ${event.kind} of session ${event.sessionId} after its end`);
    const { sessionId } = event;
    switch (event.kind) {
      case 'incoming':
        this.tally.received += 1;
        return this.decide(sessionId, now);
      case 'progressed':
        if (event.description !== undefined) this.tally.early += 1;
        return event.description?.kind === 'offer' ? this.answerSoon(sessionId, now) : undefined;
      case 'answered':
        this.tally.answered += 1;
        if (event.description?.kind === 'offer') this.answerSoon(sessionId, now);
        return this.talk(sessionId, now);
      case 'acknowledged':
        this.tally.acknowledged += 1;
        return this.talk(sessionId, now);
      case 'offerReceived':
      case 'offerWanted':
        return this.chance.happens(0.9) ? this.answerSoon(sessionId, now) : this.later(0, 500, { kind: 'refuseOffer', sessionId, status: 488 }, now);
      case 'answerReceived':
        this.tally.changesAgreed += 1;
        return;
      case 'offerRefused':
        this.tally.changesRefused += 1;
        return;
      case 'infoReceived':
        this.tally.infos += 1;
        return;
      case 'referReceived':
        this.later(0, 400, { kind: 'answerRefer', sessionId, referId: event.referId, status: this.chance.pick([202, 202, 603]) }, now);
        this.later(500, 3000, { kind: 'reportRefer', sessionId, referId: event.referId, status: 180 }, now);
        return this.later(3000, 9000, { kind: 'reportRefer', sessionId, referId: event.referId, status: this.chance.pick([200, 486]) }, now);
      case 'referEnded':
        this.tally.referrals += 1;
        return;
      case 'ended':
        session.ends += 1;
        this.tally[event.end.cause] += 1;
        return;
      default:
    }
  }

  /** What to do about a call: nothing, or ring, and then answer or refuse. */
  private decide(sessionId: string, now: Instant): void {
    const choice = this.chance.weigh({ answer: 60, earlyMedia: 20, refuse: 10, letRing: 7, redirect: 3 });
    if (choice === 'refuse') return this.later(0, 4000, { kind: 'refuse', sessionId, status: this.chance.pick([486, 480, 603, 404]) }, now);
    if (choice === 'redirect') return this.later(0, 100, { kind: 'refuse', sessionId, status: 302, headers: [['Contact', '<sip:elsewhere@10.0.0.1>']] }, now);
    const status = choice === 'earlyMedia' ? 183 : 180;
    this.later(0, 300, { kind: 'progress', sessionId, status, ...(choice === 'earlyMedia' ? { description: this.description() } : {}) }, now);
    if (choice !== 'letRing') this.later(500, 15_000, { kind: 'accept', sessionId, description: this.description() }, now);
  }

  private talk(sessionId: string, now: Instant): void {
    const { chance } = this;
    for (let changes = chance.below(3); changes > 0; changes -= 1) {
      this.tally.changes += 1;
      this.later(0, 60_000, { kind: 'offer', sessionId, ...(chance.happens(0.8) ? { description: this.description() } : {}) }, now);
    }
    if (chance.happens(0.2)) this.later(0, 30_000, { kind: 'info', sessionId, requestId: sessionId, contentType: 'application/dtmf-relay', body: new TextEncoder().encode('Signal=5\r\nDuration=160\r\n') }, now);
    if (chance.happens(0.05)) this.later(0, 30_000, { kind: 'refer', sessionId, target: 'sip:third@10.0.0.1' }, now);
    this.later(1000, chance.happens(0.1) ? 900_000 : 90_000, { kind: 'end', sessionId }, now);
  }

  private answerSoon(sessionId: string, now: Instant): void {
    this.later(0, 500, { kind: 'answerOffer', sessionId, description: this.description() }, now);
  }

  private later(least: number, most: number, command: SessionCommand, now: Instant): void {
    this.telephone.after(this.chance.between(least, most), (at) => this.telephone.do(command, at), now);
  }

  private description(): Uint8Array {
    this.version += 1;
    return new TextEncoder().encode(`v=0\r\no=- 1 ${this.version} IN IP4 ${this.address}\r\n`);
  }
}
