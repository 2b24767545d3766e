import type { Instant } from '@dialplane/sansio';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { OurTransaction, RequestSender, RequestUser } from './session-keeper.ts';

/** Times that a request is sent again because somebody on its way challenges it: each of them may, and a nonce may be stale. */
const challengeLimit = 4;

/** A request that answers 401 and 407 by itself, with credentials and the next CSeq (RFC 3261 §22); its user hears of everything else. */
export class ChallengedRequest implements RequestUser {
  private readonly build: () => SipRequest;
  private readonly user: RequestUser;
  private sent: { readonly transaction: OurTransaction; readonly request: SipRequest } | undefined;
  private challenges = 0;

  /** @param build makes the request, each time with a CSeq of its own. */
  constructor(user: RequestUser, build: () => SipRequest) {
    this.user = user;
    this.build = build;
  }

  get sender(): RequestSender {
    return this.user.sender;
  }

  /** The request as it was sent last; `undefined` before. */
  get request(): SipRequest | undefined {
    return this.sent?.request;
  }

  get transaction(): OurTransaction | undefined {
    return this.sent?.transaction;
  }

  send(now: Instant): void {
    const request = this.build();
    this.sender.digest?.authorize(request, request.headers);
    this.sent = { request, transaction: this.sender.keeper.request(request, this, now) };
  }

  /** No challenge is answered any more. */
  abandon(): void {
    this.challenges = challengeLimit;
  }

  handleResponse(response: SipResponse, now: Instant): void {
    if (this.isAnswerable(response)) this.send(now);
    else this.user.handleResponse(response, now);
  }

  handleSilence(status: 408 | 503, now: Instant): void {
    this.user.handleSilence(status, now);
  }

  private isAnswerable(response: SipResponse): boolean {
    if ((response.status !== 401 && response.status !== 407) || this.sent === undefined) return false;
    this.challenges += 1;
    return this.challenges <= challengeLimit && this.sender.digest?.handleChallenge(response, this.sent.request) === 'answerable';
  }
}
