import type { SipFlow } from '@dialplane/sip';

/** A SIP message as it went by, whatever became of it. */
export interface PassedMessage {
  /** Wall clock. */
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  readonly transport: SipFlow['transport'];
  /** Transport addresses; of the link inside, those of nothing. */
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  readonly bytes: Uint8Array;
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function writeSocketAddress({ address, port }: PassedMessage['local']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function readSocketAddress(text: string): PassedMessage['local'] {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
