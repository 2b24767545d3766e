import { bodyOfType } from '../message/body-parts.ts';
import type { SipMessage } from '../message/sip-message.ts';

export const sdpType = 'application/sdp';

/** The description in a message, by itself or in a multipart body; `undefined` where there is none. */
export function readDescription(message: SipMessage): Uint8Array | undefined {
  return message.body.length === 0 ? undefined : bodyOfType(message, sdpType);
}

/** Puts a body into a message that has none. */
export function withBody<Message extends SipMessage>(message: Message, contentType: string, body: Uint8Array): Message {
  message.headers.add('Content-Type', contentType);
  return { ...message, body };
}

/** The message with a description, where there is one. */
export function withDescription<Message extends SipMessage>(message: Message, description: Uint8Array | undefined): Message {
  return description === undefined ? message : withBody(message, sdpType, description);
}
