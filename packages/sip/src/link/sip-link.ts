import type { SipMessage } from '../message/sip-message.ts';
import type { SipFlow } from './sip-flow.ts';

/** Who a request is from, as the proxy at the edge has found out: beside the message, where no stranger can write it. */
export type SipOrigin =
  | { readonly kind: 'trunk'; readonly trunkId: string }
  /** A registered user's telephone; `username` names the device. */
  | { readonly kind: 'user'; readonly identifier: string; readonly username: string }
  /** A request inside a dialog that had come through the proxy, or any response. */
  | { readonly kind: 'dialog' };

/** What a user agent says about a message that it sends. */
export interface LinkedMessage {
  /** The call that the message belongs to, for its flow record. */
  readonly callId?: string;
  /** The trunk that a request goes to. */
  readonly trunkId?: string;
  /** How long an INVITE waits for a first response of any kind before its next hop counts as dead, in milliseconds. */
  readonly firstResponseMs?: number;
}

/**
 * The connection between the proxy at the edge and the user agents of this process: reliable, ordered, without bytes. A message belongs to who receives it. User agents
 * send requests to wherever Route or Request-URI say; the proxy finds the way, and stays on it.
 */
export interface SipLink {
  /** The flow that messages to and from it have. */
  readonly flow: SipFlow;
  send(message: SipMessage, about?: LinkedMessage): void;
  onMessage(listener: (message: SipMessage, origin: SipOrigin) => void): void;
  /** A Contact URI by which others reach `user` here: `sip:user@192.0.2.1:5060`. */
  contactOf(user: string, transport?: 'udp' | 'tcp' | 'tls'): string;
}
