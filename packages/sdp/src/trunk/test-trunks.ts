import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TrunkNegotiation, type TrunkNegotiated, type TrunkNegotiationOptions, type TrunkPolicy } from '../index.ts';
import { sdesSuites } from './sdes-keys.ts';

/** Descriptions: baresip's, sipp's, and some made like those of gateways, exchanges and border controllers. */
export const trunkFixtures = ['baresip', 'baresip-sdes', 'baresip-dtls', 'sipp', 'phone-with-video', 'gateway', 'border-controller', 'pbx-on-hold', 'old-hold', 'media-proxy'] as const;

export function readTrunkFixture(name: (typeof trunkFixtures)[number]): string {
  return readFileSync(new URL(`../fixtures/trunk/${name}.sdp`, import.meta.url), 'utf8');
}

export const telephoneCodecs = ['opus', 'G722', 'PCMU', 'PCMA', 'G729'];

/** One side of a session. Its keys count. */
export function negotiationOf(policy: Partial<TrunkPolicy> = {}, options: Partial<TrunkNegotiationOptions> = {}): TrunkNegotiation {
  let drawn = 0;
  return new TrunkNegotiation({
    policy: { codecs: telephoneCodecs, dtmf: 'rfc4733', srtp: 'allowed', ...policy },
    keying: 'sdes', sessionId: '7', rtp: { address: '192.0.2.10', port: 49_152 }, fingerprint: Uint8Array.from({ length: 32 }, (_, index) => index),
    drawKey: (suite) => {
      drawn += 1;
      return Buffer.alloc(sdesSuites[suite].keyBytes + sdesSuites[suite].saltBytes, drawn).toString('base64');
    },
    drawIce: () => ({ usernameFragment: 'ours', password: `oursoursoursoursour${(drawn += 1)}`.padEnd(22, 'x') }),
    ...options,
  });
}

export type Agreed = Extract<TrunkNegotiated, { readonly kind: 'agreed' }>;

export function mustAgree(negotiated: TrunkNegotiated): Agreed {
  assert.ok('kind' in negotiated && negotiated.kind === 'agreed', JSON.stringify(negotiated));
  return negotiated;
}

/** `sendrecv 192.0.2.1:5000 PCMU/0 telephone-event/101 none`: what was agreed, in a line. */
export function summaryOf({ trunk: { direction, remote, receive, security } }: Agreed): string {
  const codecs = receive.map(({ name, payloadType }) => `${name}/${payloadType}`);
  const secured = security.kind === 'sdes' ? `sdes ${security.remote.suite}` : security.kind === 'dtls' ? `dtls ${security.role}` : 'plain';
  const rtcp = remote.rtcp === 'muxed' ? 'muxed' : remote.rtcp.port;
  return [direction, `${remote.rtp.address}:${remote.rtp.port}`, rtcp, ...codecs, secured].join(' ');
}
