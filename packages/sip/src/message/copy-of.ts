import type { SipMessage } from './sip-message.ts';

/** The same message with header fields of its own, for who changes or forwards it; the body is shared. */
export function copyOf<Message extends SipMessage>(message: Message): Message {
  return { ...message, headers: message.headers.copy() };
}
