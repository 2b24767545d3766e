import type { AskedCall } from '../agent/call-receiver.ts';
import type { IncomingDecision } from '../agent/line-directory.ts';
import type { CallDecision } from '@dialplane/applications-api';
import type { IncomingCallDesk } from './incoming-call-desk.ts';

type Decision = Exclude<IncomingDecision, { readonly kind: 'later' }>;

/** SIP statuses of an application's no (RFC 3261 §21). */
const rejections: Record<Extract<CallDecision, { readonly kind: 'reject' }>['reason'], number> = { none: 603, busy: 486, forbidden: 403 };

/** How long the application of a number may think, once it was told: nobody rings meanwhile. */
const decideWithinMs = 30_000;

/** Has an application asked about a call. @param decide told what it has come to, unless the caller hangs up before. */
export function askApplication(desk: IncomingCallDesk, call: AskedCall, decide: (lineId: string, decision: Decision) => void): void {
  const { lineId, from, to, displayName, customContext } = call.line;
  // The call that a line becomes has its id.
  const offered = { offerId: lineId, callId: lineId, from, to, ...(displayName !== undefined && { displayName }), ...(customContext !== undefined && { customContext }) };
  desk.ask(offered, [call.url], {
    decided: async (decision) => {
      decide(lineId, decisionFor(call, decision));
      return { ok: true, value: undefined };
    },
    undecided: (sentence) => decide(lineId, { kind: 'line', far: call.far, line: { ...call.line, target: { kind: 'nobody', status: 480, sentence } } }),
  }, { decideWithinMs });
}

function decisionFor({ line: { lineId: _lineId, ...line }, far }: AskedCall, decision: CallDecision): Decision {
  switch (decision.kind) {
    case 'redirect': {
      const { target } = decision;
      const redirections = [...(line.redirections ?? []), { by: line.to, reason: 'deflection' as const }];
      // A call that goes on to another telephone shows the number of ours that was called.
      return { kind: 'line', far, line: { ...line, redirections, target: target.kind === 'user' ? { kind: 'users', identifiers: [target.identifier] } : { ...target, callerId: line.to.slice(2) } } };
    }
    case 'answer':
      return { kind: 'line', far, line: { ...line, target: { kind: 'application', ...decision.application } } };
    case 'reject':
      return { kind: 'line', far, line: { ...line, target: { kind: 'nobody', status: rejections[decision.reason], sentence: 'The application that decides about calls to this number has rejected it.' } } };
  }
}
