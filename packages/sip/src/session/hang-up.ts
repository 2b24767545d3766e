import type { Instant } from '@dialplane/sansio';
import type { Dialog } from '../dialog/dialog.ts';
import type { ExtraHeaders } from '../user-agent/user-agent-command.ts';
import { sendRequest } from './send-request.ts';
import type { RequestSender } from './session-keeper.ts';

/** What goes with a BYE: `reason` is the value of a Reason header (RFC 3326). */
export interface LastWords {
  readonly reason?: string;
  readonly headers?: ExtraHeaders;
}

/** Sends BYE (RFC 3261 §15.1.1). Whatever comes back, the session is over: nobody needs to hear of it. */
export function hangUp(sender: RequestSender, dialog: Dialog, now: Instant, words: LastWords = {}): void {
  const bye = () => {
    const request = dialog.request('BYE');
    if (words.reason !== undefined) request.headers.add('Reason', words.reason);
    for (const [name, value] of words.headers ?? []) request.headers.add(name, value);
    return request;
  };
  sendRequest(sender, bye, () => undefined, now);
}
