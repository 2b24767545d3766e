/** RFC 8489 §5: the class of a message. */
export type MessageClass = 'request' | 'indication' | 'success' | 'error';

/** RFC 8489 §18.2: the methods this package defines; extensions bring their own numbers. */
export const stunMethod = { binding: 0x001 } as const;

const classes = ['request', 'indication', 'success', 'error'] as const;
const classBits: Record<MessageClass, number> = { request: 0x000, indication: 0x010, success: 0x100, error: 0x110 };

/** The 14-bit message type field of RFC 8489 §5, figure 3. `method` is 0..0xfff. */
export function encodeMessageType(messageClass: MessageClass, method: number): number {
  return ((method & 0xf80) << 2) | ((method & 0x070) << 1) | (method & 0x00f) | classBits[messageClass];
}

/** The method inside a message type field. */
export function methodOf(messageType: number): number {
  return ((messageType >>> 2) & 0xf80) | ((messageType >>> 1) & 0x070) | (messageType & 0x00f);
}

/** The class inside a message type field. */
export function messageClassOf(messageType: number): MessageClass {
  return classes[((messageType >>> 7) & 2) | ((messageType >>> 4) & 1)] ?? 'request';
}
