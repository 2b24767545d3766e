import type { LinkedMessage, SipFlow, SipOrigin } from '@dialplane/sip';

const nowhere = { address: 'inside', port: 0 } as const;

/** The flow of the link to this process's user agents. */
export const insideFlow: SipFlow = { transport: 'inside', local: nowhere, remote: nowhere };

/** The same flow for a message that leaves by the link, with who it is from. */
export interface DeliveryFlow extends SipFlow {
  readonly origin: SipOrigin;
}

/** The same flow for a message that came over the link, with what its sender said about it. */
export interface SubmissionFlow extends SipFlow {
  readonly about: LinkedMessage;
}

export function deliveryFlow(origin: SipOrigin): DeliveryFlow {
  return { ...insideFlow, origin };
}

export function submissionFlow(about: LinkedMessage): SubmissionFlow {
  return { ...insideFlow, about };
}

export function originOf(flow: SipFlow): SipOrigin {
  return 'origin' in flow ? (flow as DeliveryFlow).origin : { kind: 'dialog' };
}

export function aboutOf(flow: SipFlow): LinkedMessage {
  return 'about' in flow ? (flow as SubmissionFlow).about : {};
}
