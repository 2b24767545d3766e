import type { Instant } from '@dialplane/sansio';
import { SipHeaders } from '../message/sip-headers.ts';
import { noBody, type SipRequest } from '../message/sip-message.ts';
import { sendRequest } from '../session/in-dialog-request.ts';
import { allowedMethods, supportedTags } from '../session/our-capabilities.ts';
import { withBody } from '../session/session-body.ts';
import type { RequestSender } from '../session/session-keeper.ts';
import { never } from '../visit-schedule.ts';
import type { AgentCore } from './agent-core.ts';
import type { ExtraHeaders, RequestCommand } from './user-agent-command.ts';

/** A request outside of any dialog (RFC 3261 §8.1.1), without Via. */
export interface OutsideRequest {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly contact: string | undefined;
  readonly headers: ExtraHeaders;
}

export function outsideRequest(parts: OutsideRequest): SipRequest {
  const headers = SipHeaders.of(['Max-Forwards', '70'], ['From', parts.from], ['To', parts.to], ['Call-ID', parts.callId], ['CSeq', `${parts.sequence} ${parts.method}`]);
  if (parts.contact !== undefined) headers.add('Contact', `<${parts.contact}>`);
  headers.add('Allow', allowedMethods);
  headers.add('Supported', supportedTags(true));
  for (const [name, value] of parts.headers) headers.add(name, value);
  return { kind: 'request', method: parts.method, uri: parts.uri, headers, body: noBody };
}

/** Sends a request of the owner's and tells what became of it. */
export function askOnce(core: AgentCore, command: RequestCommand, now: Instant): void {
  const sender: RequestSender = { keeper: core, route: command.route, digest: core.digestFor(command.credentials), dueAt: undefined, visitAt: never, handleTimeout: () => undefined };
  const [tag, callId] = [core.newToken(), core.newToken()];
  let sequence = 0;
  const build = () => {
    sequence += 1;
    const { method, uri, from, to, contact, headers, body } = command;
    const request = outsideRequest({ method, uri, from: `${from};tag=${tag}`, to: to ?? `<${uri}>`, callId, sequence, contact, headers: headers ?? [] });
    return body === undefined ? request : withBody(request, body.contentType, body.bytes);
  };
  sendRequest(sender, build, (outcome) => core.put({ kind: 'requestEnded', requestId: command.requestId, ...outcome }), now);
}
