import { randomBytes } from 'node:crypto';
import { type AudioCodec, encodeWords, exportsOf, g711Law, loadG711, loadG722, loadOpus, type SrtpMasterKey, srtpProfile } from '@dialplane/kernels';
import { speak } from '../media/speech.ts';

export type TelephoneCodec = 'PCMU' | 'PCMA' | 'G722' | 'opus';

interface Format {
  readonly payloadType: number;
  /** As in an rtpmap. */
  readonly encoding: string;
  readonly sampleRate: number;
  /** Units of the RTP clock in 20 ms. */
  readonly units: number;
}

export const formats: Readonly<Record<TelephoneCodec, Format>> = {
  PCMU: { payloadType: 0, encoding: 'PCMU/8000', sampleRate: 8000, units: 160 },
  PCMA: { payloadType: 8, encoding: 'PCMA/8000', sampleRate: 8000, units: 160 },
  G722: { payloadType: 9, encoding: 'G722/8000', sampleRate: 16_000, units: 160 },
  opus: { payloadType: 96, encoding: 'opus/48000/2', sampleRate: 48_000, units: 960 },
};

/** Where the other side is, and what it encrypts with. */
export interface RemoteMedia {
  readonly address: string;
  readonly port: number;
  /** With the tag that an answer names it by (RFC 4568 §5.1.2). */
  readonly crypto: { readonly tag: number; readonly key: SrtpMasterKey } | undefined;
}

/** A key of AES_CM_128_HMAC_SHA1_80 (RFC 4568 §6.2). */
export function makeKey(): SrtpMasterKey {
  return { profile: srtpProfile.aes128CmSha1_80, key: randomBytes(16), salt: randomBytes(14) };
}

/** Telephones tell their keys in events (RFC 4733). */
const keysPayloadType = 101;

/** A description with one codec, of an offer or an answer (RFC 8866). */
export function describe(codec: TelephoneCodec, host: string, port: number, crypto: RemoteMedia['crypto']): string {
  const { payloadType, encoding, sampleRate } = formats[codec];
  return [
    'v=0', `o=- ${port} 1 IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0', `m=audio ${port} ${crypto === undefined ? 'RTP/AVP' : 'RTP/SAVP'} ${payloadType} ${keysPayloadType}`, `a=rtpmap:${payloadType} ${encoding}`,
    `a=rtpmap:${keysPayloadType} telephone-event/${codec === 'opus' ? sampleRate : 8000}`,
    ...(crypto === undefined ? [] : [`a=crypto:${crypto.tag} AES_CM_128_HMAC_SHA1_80 inline:${Buffer.from([...crypto.key.key, ...crypto.key.salt]).toString('base64')}`]),
    'a=sendrecv', '',
  ].join('\r\n');
}

/** What the load has to know of a description. @throws where there is no sound in it. */
export function readDescription(sdp: string): RemoteMedia {
  const [, port = ''] = /^m=audio (\d+)/m.exec(sdp) ?? [];
  const [, address = ''] = /^c=IN IP4 (\S+)/m.exec(sdp) ?? [];
  const [, tag, inline] = /^a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80 inline:([^|\s]+)/m.exec(sdp) ?? [];
  if (Number(port) === 0 || address === '') throw new Error(`a server that gives no way for sound: ${sdp}`);
  const material = inline === undefined ? undefined : Buffer.from(inline, 'base64');
  const crypto = material === undefined ? undefined : { tag: Number(tag), key: { profile: srtpProfile.aes128CmSha1_80, key: material.subarray(0, 16), salt: material.subarray(16, 30) } };
  return { address, port: Number(port), crypto };
}

/** A recording of speech, in packets of 20 ms. */
export function recordedPayloads(codec: TelephoneCodec): readonly Uint8Array[] {
  const { sampleRate } = formats[codec];
  const samples = speak(sampleRate);
  const frameSamples = sampleRate / 50;
  const [kernel, number] = openEncoder(codec);
  const bytes = new Uint8Array(1500);
  return Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, index) => {
    const words = new Int32Array(encodeWords.stride);
    words.set([number, index * frameSamples, frameSamples, 0, bytes.length]);
    kernel.encode(bytes, samples, words, 1);
    return bytes.slice(0, words[encodeWords.result]);
  });
}

function openEncoder(codec: TelephoneCodec): readonly [AudioCodec, number] {
  if (codec === 'PCMU' || codec === 'PCMA') return [exportsOf(loadG711()), codec === 'PCMU' ? g711Law.muLaw : g711Law.aLaw];
  if (codec === 'G722') {
    const g722 = exportsOf(loadG722());
    return [g722, g722.openEncoder()];
  }
  const opus = exportsOf(loadOpus());
  return [opus, opus.openEncoder(48_000, { bitrateBps: 32_000, complexity: 5, expectedLossPercent: 0 })];
}
