import type { Instant } from '@dialplane/sansio';
import { sendRequest } from '../session/send-request.ts';
import { withBody } from '../session/session-body.ts';
import type { RequestSender } from '../session/session-keeper.ts';
import type { AgentCore } from './agent-core.ts';
import { outsideRequest } from './outside-request.ts';
import type { RequestCommand } from './user-agent-command.ts';

/** Sends a request of the owner's and tells what became of it. */
export function askOnce(core: AgentCore, command: RequestCommand, now: Instant): void {
  const sender: RequestSender = { keeper: core, route: command.route, digest: core.digestFor(command.credentials), dueAt: undefined, visit: undefined, handleTimeout: () => undefined };
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
