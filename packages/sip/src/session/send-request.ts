import type { Instant } from '@dialplane/sansio';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { ChallengedRequest } from './challenged-request.ts';
import type { RequestSender, RequestUser } from './session-keeper.ts';

/** What became of a request: `response` is absent where none came, and the status then 408, or 503 where it was never sent. */
export interface RequestOutcome {
  readonly status: number;
  readonly response?: SipResponse;
}

/** Sends a request that is no INVITE and hears of its end once. @param build see {@link ChallengedRequest}. */
export function sendRequest(sender: RequestSender, build: () => SipRequest, onEnd: (outcome: RequestOutcome, now: Instant) => void, now: Instant): void {
  const user: RequestUser = {
    sender,
    handleResponse: (response, at) => {
      if (response.status >= 200) onEnd({ status: response.status, response }, at);
    },
    handleSilence: (status, at) => onEnd({ status }, at),
  };
  new ChallengedRequest(user, build).send(now);
}
