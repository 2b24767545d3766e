import type { AskedCall } from '../agent/call-receiver.ts';
import type { IncomingDecision } from '../agent/line-directory.ts';
import type { ApplicationDecision, IncomingCallDesk } from './incoming-call-desk.ts';

type Decision = Exclude<IncomingDecision, { readonly kind: 'later' }>;

/** SIP statuses of an application's no (RFC 3261 §21). */
const rejections: Record<Extract<ApplicationDecision, { readonly kind: 'reject' }>['reason'], number> = { none: 603, busy: 486, forbidden: 403 };

/** Has an application asked about a call. @param decide told what it has come to, unless the caller hangs up before. */
export function askApplication(desk: IncomingCallDesk, call: AskedCall, decide: (lineId: string, decision: Decision) => void): void {
  const { lineId, from, to, displayName, customContext } = call.line;
  const offered = { lineId, from, to, ...(displayName !== undefined && { displayName }), ...(customContext !== undefined && { customContext }) };
  desk.ask(offered, call.url, (decision) => decide(lineId, decisionFor(call, decision)));
}

function decisionFor({ line: { lineId: _lineId, ...line }, far }: AskedCall, decision: ApplicationDecision): Decision {
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
    case 'undecided':
      return { kind: 'line', far, line: { ...line, target: { kind: 'nobody', status: 480, sentence: decision.sentence } } };
  }
}
