import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { agreeSections, parseOffer, writeAnswer, type AgreedSection, type LocalTransport, type SessionOffer } from './index.ts';

/** Where offers were captured: real ones, of a client with a microphone, a camera (in layers where it can) and sections to receive in. */
export const offerers = ['chromium', 'firefox', 'wrtc', 'werift'] as const;

export function readFixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');
}

export function mustParse(sdp: string): SessionOffer {
  const parsed = parseOffer(sdp);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.offer;
}

/** SSRCs counting from 1. */
export function countedSsrcs(first = 1): () => number {
  let next = first;
  return () => next++;
}

export const transport: LocalTransport = {
  usernameFragment: 'ufrag', password: 'a-password-of-the-server', fingerprint: Uint8Array.from({ length: 32 }, (_, index) => index), setup: 'passive',
  candidates: [{ address: '192.0.2.1', port: 3480 }, { address: '2001:db8::1', port: 3480 }],
};

export function answerTo(offer: SessionOffer, sections: ReadonlyArray<AgreedSection | undefined> = agreeSections(offer, [], countedSsrcs())): string {
  return writeAnswer({ offer, sections, transport, sessionId: '42', sessionVersion: 1, cname: 'dialplane' });
}

/** A small offer: lines before all sections, then sections. */
export function smallOffer(...sections: ReadonlyArray<readonly string[]>): string {
  const mids = sections.flatMap((lines) => lines.flatMap((line) => /^a=mid:(.*)$/.exec(line)?.[1] ?? []));
  const pairs = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0')).join(':');
  const head = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`, 'a=ice-ufrag:abcd', `a=ice-pwd:${'p'.repeat(22)}`, `a=fingerprint:sha-256 ${pairs}`, 'a=setup:actpass'];
  return [...head, ...sections.flat(), ''].join('\r\n');
}

export const opusSection = ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=sendrecv', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2'];
