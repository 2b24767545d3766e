import type { CallFlow, FlowDetail, FlowEvent } from '@dialplane/calling-api';
import { inOrder } from './flow-analysis.ts';

/** An entry that stands for a SIP message. */
export type SipEvent = FlowEvent & { readonly detail: Extract<FlowDetail, { readonly kind: 'sip' }> };

/** The SIP messages of a flow, in the order of time. */
export function sipEvents(flow: CallFlow): readonly SipEvent[] {
  return inOrder(flow).filter(isSip);
}

export function isSip(event: FlowEvent): event is SipEvent {
  return event.detail.kind === 'sip';
}

/**
 * The message that belongs beside another, of the same hop: the request that a response answers; of a request the final response, or the last one before; of an ACK the
 * response that it acknowledges (RFC 3261 §17). Undefined where none was seen.
 */
export function counterpartOf(event: SipEvent, all: readonly SipEvent[]): SipEvent | undefined {
  const { method } = event.detail;
  const related = all.filter((other) => other !== event && isSameHop(event, other) && isSameTransaction(event, other));
  if (isResponse(event)) return related.find((other) => !isResponse(other) && other.detail.method === method);
  const responses = related.filter((other) => isResponse(other) && (method === 'ACK' || other.detail.method === method));
  return responses.find(isFinal) ?? responses.at(-1);
}

/** A response's start line begins with the version, a request's ends with it (RFC 3261 §7). */
export function isResponse({ detail }: SipEvent): boolean {
  return detail.summary.startsWith('SIP/2.0 ');
}

const isFinal = ({ detail }: SipEvent): boolean => !detail.summary.startsWith('SIP/2.0 1');

function isSameTransaction({ detail: a }: SipEvent, { detail: b }: SipEvent): boolean {
  return a.sipCallId === b.sipCallId && a.cseq === b.cseq;
}

function isSameHop(a: SipEvent, b: SipEvent): boolean {
  return (a.from === b.from && a.to === b.to) || (a.from === b.to && a.to === b.from);
}
