import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { DigestClient } from '../digest/digest-client.ts';
import { readAddresses } from '../headers/address.ts';
import { readRetryAfter, readSeconds } from '../headers/session-expires.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { type RequestOutcome, sendRequest } from '../session/send-request.ts';
import type { RequestSender } from '../session/session-keeper.ts';
import { sameSipUri } from '../uri/sip-uri.ts';
import { parseUri } from '../uri/uri.ts';
import type { AgentCore } from '../user-agent/agent-core.ts';
import { outsideRequest } from '../user-agent/outside-request.ts';
import type { RegisterCommand, SipRoute } from '../user-agent/user-agent-command.ts';
import type { RegistrationState } from '../user-agent/user-agent-event.ts';
import type { Visit, Visited } from '../visit-schedule.ts';

type BindingState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'bound'; readonly refreshAt: Instant }
  /** The registrar refused or was silent; the next attempt. */
  | { readonly kind: 'waiting'; readonly until: Instant }
  | { readonly kind: 'removing' }
  | { readonly kind: 'removed' };

const defaultExpiresSeconds = 600;
/** After a failure: doubled each time up to the longest, and then between a half and the whole of it (RFC 5626 §4.5). */
const firstRetryMs = 30_000;
const longestRetryMs = 1_800_000;
/** Wrong credentials do not get right by asking again: rarely enough that no account is locked. */
const refusedRetryMs = 300_000;

/**
 * A binding at a registrar, kept up until it is not wanted any more (RFC 3261 §10.2): refreshed before it expires, tried again when the registrar fails.
 *
 * asking → bound → asking …; asking → waiting → asking; every state → removing → removed.
 */
export class Registration implements RequestSender {
  readonly keeper: AgentCore;
  readonly route: SipRoute;
  readonly digest: DigestClient | undefined;
  visit: Visit<Visited> | undefined;
  private readonly command: RegisterCommand;
  private readonly callId: string;
  private sequence = 0;
  private expiresSeconds: number;
  private failures = 0;
  private state: BindingState = { kind: 'asking' };
  private told: string | undefined;

  constructor(core: AgentCore, command: RegisterCommand) {
    this.keeper = core;
    this.command = command;
    this.route = command.route;
    this.digest = core.digestFor(command.credentials);
    this.callId = core.newToken();
    this.expiresSeconds = command.expiresSeconds ?? defaultExpiresSeconds;
  }

  get dueAt(): Instant | undefined {
    if (this.state.kind === 'bound') return this.state.refreshAt;
    return this.state.kind === 'waiting' ? this.state.until : undefined;
  }

  start(now: Instant): void {
    this.tell('registering');
    this.ask(now);
  }

  handleTimeout(now: Instant): void {
    if (this.dueAt !== undefined && now >= this.dueAt) this.ask(now);
  }

  /** Removes the binding. */
  remove(now: Instant): void {
    if (this.state.kind === 'removing' || this.state.kind === 'removed') return;
    this.state = { kind: 'removing' };
    sendRequest(this, () => this.build(0), (outcome) => {
      this.state = { kind: 'removed' };
      this.tell('unregistered', outcome);
    }, now);
  }

  /** Another order has taken this one's place: nothing more is asked, the binding stays as it is. */
  abandon(): void {
    this.state = { kind: 'removed' };
  }

  private ask(now: Instant): void {
    this.state = { kind: 'asking' };
    sendRequest(this, () => this.build(this.expiresSeconds), (outcome, at) => {
      if (this.state.kind === 'asking') this.handleOutcome(outcome, at);
    }, now);
  }

  private build(expiresSeconds: number): SipRequest {
    const { registrar, address, contact, headers } = this.command;
    this.sequence += 1;
    const from = `<${address}>;tag=${this.keeper.newToken()}`;
    const request = outsideRequest({ method: 'REGISTER', uri: registrar, from, to: `<${address}>`, callId: this.callId, sequence: this.sequence, contact, headers: headers ?? [] });
    request.headers.add('Expires', String(expiresSeconds));
    return request;
  }

  private handleOutcome(outcome: RequestOutcome, now: Instant): void {
    const { response, status } = outcome;
    if (response !== undefined && status < 300) return this.handleBound(response, now);
    const least = response !== undefined && status === 423 ? readSeconds(response.headers.first('Min-Expires')) : undefined;
    if (least !== undefined && least > this.expiresSeconds && least <= 86_400) {
      this.expiresSeconds = least;
      return this.ask(now);
    }
    const isUnreachable = response === undefined || status === 408 || status >= 500;
    this.state = { kind: 'waiting', until: addMilliseconds(now, isUnreachable ? this.retryMs(response) : refusedRetryMs) };
    this.failures += 1;
    this.tell(isUnreachable ? 'unreachable' : 'refused', outcome);
  }

  private handleBound(response: SipResponse, now: Instant): void {
    this.failures = 0;
    const granted = Math.max(1, this.grantedSeconds(response));
    // Early enough that one attempt may fail: a minute before the end, or half of a short time.
    this.state = { kind: 'bound', refreshAt: addMilliseconds(now, 1000 * Math.max(granted / 2, granted - 60)) };
    this.tell('registered', { status: response.status, response }, granted);
  }

  /** What the registrar says of our contact, or of all (RFC 3261 §10.2.4). */
  private grantedSeconds(response: SipResponse): number {
    const own = parseUri(this.command.contact);
    const bound = readAddresses(response.headers, 'Contact')?.find(({ uri }) => {
      const other = parseUri(uri);
      return own?.kind === 'sip' && other?.kind === 'sip' && sameSipUri(own, other);
    });
    return readSeconds(bound?.parameters.get('expires')) ?? readSeconds(response.headers.first('Expires')) ?? this.expiresSeconds;
  }

  private retryMs(response: SipResponse | undefined): number {
    const asked = response === undefined ? undefined : readRetryAfter(response.headers);
    if (asked !== undefined) return Math.min(1000 * Math.max(asked, 1), longestRetryMs);
    const most = Math.min(firstRetryMs * 2 ** this.failures, longestRetryMs);
    return most / 2 + (this.keeper.randomness.nextUint32() / 2 ** 32) * (most / 2);
  }

  private tell(state: RegistrationState, outcome?: RequestOutcome, expiresSeconds?: number): void {
    const news = `${state} ${outcome?.status} ${expiresSeconds}`;
    if (news === this.told) return;
    this.told = news;
    this.keeper.put({
      kind: 'registrationChanged',
      registrationId: this.command.registrationId,
      state,
      ...(outcome === undefined ? {} : { status: outcome.status }),
      ...(outcome?.response === undefined ? {} : { reasonPhrase: outcome.response.reason, serviceRoutes: outcome.response.headers.all('Service-Route') }),
      ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
    });
  }
}
