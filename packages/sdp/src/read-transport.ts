import type { SessionLines, TransportLines } from 'sdp-transform';
import { sdpFault, type SdpFault } from './sdp-fault.ts';
import type { OfferedTransport } from './session-offer.ts';

type Reading<T> = ({ readonly ok: true } & T) | SdpFault;

/**
 * The transport of the bundle: its lines stand in the first of its sections that has them, or before all sections (RFC 8839 §5.4, RFC 8122 §5, RFC 9143 §7.1.3).
 *
 * @param bundled Its sections; without any the lines before all sections alone count.
 */
export function readTransport(session: SessionLines, bundled: readonly TransportLines[]): Reading<{ readonly transport: OfferedTransport }> {
  if (session.icelite !== undefined) return sdpFault('ICE_LITE');
  const find = <K extends keyof TransportLines>(name: K): TransportLines[K] => bundled.find((lines) => lines[name] !== undefined)?.[name] ?? session[name];
  const usernameFragment = String(find('iceUfrag') ?? '');
  const password = String(find('icePwd') ?? '');
  if (!areIceCredentials(usernameFragment, password)) return sdpFault('ICE_MISSING');
  const fingerprint = readFingerprint(find('fingerprint'));
  if (!fingerprint.ok) return fingerprint;
  const setup = find('setup');
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') return sdpFault('SETUP_INVALID');
  return { ok: true, transport: { usernameFragment, password, fingerprint: fingerprint.bytes, setup } };
}

/** RFC 8839 §5.4. */
export function areIceCredentials(usernameFragment: string, password: string): boolean {
  return /^[A-Za-z0-9+/]{4,256}$/.test(usernameFragment) && /^[A-Za-z0-9+/]{22,256}$/.test(password);
}

export function readFingerprint(lines: TransportLines['fingerprint']): Reading<{ readonly bytes: Uint8Array }> {
  if (lines === undefined) return sdpFault('FINGERPRINT_MISSING');
  const pairs = String(lines.hash).split(':');
  const isRight = String(lines.type).toLowerCase() === 'sha-256' && pairs.length === 32 && pairs.every((pair) => /^[0-9A-Fa-f]{2}$/.test(pair));
  return isRight ? { ok: true, bytes: Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)) } : sdpFault('FINGERPRINT_UNSUPPORTED');
}
