import { addMilliseconds, earliest, type Instant } from '@dialplane/sansio';
import { isSupported } from '../headers/option-tags.ts';
import { readMinimalSessionExpires, readSessionExpires, writeSessionExpires } from '../headers/session-expires.ts';
import type { SipHeaders } from '../message/sip-headers.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { SessionTimerWish } from '../user-agent/user-agent-command.ts';

/** What is longer counts as this: a week. */
const longestSessionSeconds = 604_800;

/** A refresh later than this before the end would hardly be answered in time. */
const shortestRetryMs = 10_000;

/** The least interval that anybody may insist on (RFC 4028 §4). */
const leastSessionSeconds = 90;

type TimerState =
  | { readonly kind: 'off' }
  /** `refreshAt` only where we refresh, until we have. `expireAt` is when we hang up, a while before the interval is over (RFC 4028 §10). */
  | { readonly kind: 'on'; readonly seconds: number; readonly refresher: 'us' | 'peer'; readonly refreshAt: Instant | undefined; readonly expireAt: Instant };

/**
 * The session timer of a dialog (RFC 4028): a session that nobody refreshes ends, so that no call outlives its peers.
 *
 * off → on with each 2xx to INVITE or UPDATE that has Session-Expires; on → off with one that has none.
 */
export class SessionTimer {
  private state: TimerState = { kind: 'off' };
  /** Largest Min-SE that was seen. */
  private minSeconds = leastSessionSeconds;

  /** The interval in force. */
  get seconds(): number | undefined {
    return this.state.kind === 'on' ? this.state.seconds : undefined;
  }

  get dueAt(): Instant | undefined {
    return this.state.kind === 'on' ? earliest(this.state.refreshAt, this.state.expireAt) : undefined;
  }

  /** `refresh`: send one now. `expired`: hang up. */
  handleTimeout(now: Instant): 'nothing' | 'refresh' | 'expired' {
    if (this.state.kind === 'off') return 'nothing';
    if (now >= this.state.expireAt) {
      this.state = { kind: 'off' };
      return 'expired';
    }
    if (this.state.refreshAt === undefined || now < this.state.refreshAt) return 'nothing';
    this.state = { ...this.state, refreshAt: undefined };
    return 'refresh';
  }

  /** Our refresh was refused (RFC 4028 §10): another one in half of the time that is left, unless that is too short to help. */
  handleRefusedRefresh(now: Instant): void {
    const { state } = this;
    if (state.kind !== 'on' || state.expireAt - now < shortestRetryMs) return;
    this.state = { ...state, refreshAt: addMilliseconds(now, (state.expireAt - now) / 2) };
  }

  /** Lines of an INVITE or UPDATE of ours (RFC 4028 §7.1, §7.4). */
  writeRequest(headers: SipHeaders, wish: SessionTimerWish | undefined): void {
    const wanted = this.state.kind === 'on' ? this.state.seconds : wish?.intervalSeconds;
    if (wanted !== undefined) {
      const by = this.state.kind === 'on' ? this.state.refresher : wish?.refresher;
      headers.add('Session-Expires', writeSessionExpires({ intervalSeconds: Math.max(wanted, this.minSeconds), refresher: by === undefined ? undefined : by === 'us' ? 'uac' : 'uas' }));
    }
    if (this.minSeconds > leastSessionSeconds) headers.add('Min-SE', String(this.minSeconds));
  }

  /** A 422: whether another attempt makes sense (RFC 4028 §7.3). */
  handleTooSmall(response: SipResponse): boolean {
    const asked = readMinimalSessionExpires(response.headers);
    if (asked <= this.minSeconds) return false;
    this.minSeconds = asked;
    return true;
  }

  /** The 2xx to an INVITE or UPDATE of ours. @param request that it answers. */
  handleAnswer(request: SipRequest, response: SipResponse, now: Instant): void {
    const answered = readSessionExpires(response.headers);
    // RFC 4028 §7.2: a peer that does not know the timer answers without; who asked for it then refreshes by itself.
    const asked = answered === undefined ? readSessionExpires(request.headers) : undefined;
    if (answered !== undefined) this.start(answered.intervalSeconds, answered.refresher === 'uas' ? 'peer' : 'us', now);
    else if (asked !== undefined && !isSupported(response.headers, 'timer')) this.start(asked.intervalSeconds, 'us', now);
    else this.state = { kind: 'off' };
  }

  /** The least interval that we take, where the request asks for less and its sender knows what 422 means (RFC 4028 §9). */
  refusalOf(request: SipRequest, minSeconds: number): number | undefined {
    const asked = readSessionExpires(request.headers);
    return asked !== undefined && asked.intervalSeconds < minSeconds && isSupported(request.headers, 'timer') ? minSeconds : undefined;
  }

  /** Lines of our 2xx to an INVITE or UPDATE, and the timer that follows from them (RFC 4028 §9, table 2). */
  answer(request: SipRequest, headers: SipHeaders, wish: SessionTimerWish | undefined, now: Instant): void {
    const knowsTimer = isSupported(request.headers, 'timer');
    const asked = readSessionExpires(request.headers);
    const least = Math.max(readMinimalSessionExpires(request.headers), leastSessionSeconds);
    this.minSeconds = Math.max(this.minSeconds, least);
    const seconds = asked?.intervalSeconds ?? (wish === undefined ? undefined : Math.max(wish.intervalSeconds, least));
    if (seconds === undefined) {
      this.state = { kind: 'off' };
      return;
    }
    const chosen = wish?.refresher === 'us' ? 'uas' : 'uac';
    const refresher = knowsTimer ? (asked?.refresher ?? chosen) : 'uas';
    headers.add('Session-Expires', writeSessionExpires({ intervalSeconds: seconds, refresher }));
    if (knowsTimer) headers.add('Require', 'timer');
    this.start(seconds, refresher === 'uas' ? 'us' : 'peer', now);
  }

  private start(seconds: number, refresher: 'us' | 'peer', now: Instant): void {
    // Whoever says less than RFC 4028 allows does not make us refresh more often.
    const intervalMs = Math.min(Math.max(seconds, leastSessionSeconds), longestSessionSeconds) * 1000;
    const expireAt = addMilliseconds(now, intervalMs - Math.min(32_000, intervalMs / 3));
    this.state = { kind: 'on', seconds, refresher, refreshAt: refresher === 'us' ? addMilliseconds(now, intervalMs / 2) : undefined, expireAt };
  }
}
