import { Type, type Static } from 'typebox';
import { Timestamp } from './identifiers.ts';

/** A SIP message of a call as it stood on the wire, where the controller's edge saw it. Addresses with their port. */
export const SipMessage = Type.Object({
  /** As in the call flow record. */
  messageId: Type.String(),
  time: Timestamp,
  direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  transport: Type.String(),
  local: Type.String(),
  remote: Type.String(),
  /** Start line, headers and body; bytes that are no UTF-8 are replaced. */
  text: Type.String(),
});
export type SipMessage = Static<typeof SipMessage>;

/** The SIP messages of a call in the order of time. */
export const SipMessageList = Type.Object({ messages: Type.Array(SipMessage) });
export type SipMessageList = Static<typeof SipMessageList>;

/** A file in libpcap's format. */
export const Capture = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' });
