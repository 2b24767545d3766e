import type { MediaLines } from 'sdp-transform';
import type { OfferedCodec } from './session-offer.ts';

/** Payload types that mean something without an rtpmap (RFC 3551 §6). */
const staticCodecs: ReadonlyMap<number, { readonly name: string; readonly clockRate: number }> = new Map([
  [0, { name: 'PCMU', clockRate: 8000 }],
  [8, { name: 'PCMA', clockRate: 8000 }],
  [9, { name: 'G722', clockRate: 8000 }],
  [13, { name: 'CN', clockRate: 8000 }],
  [18, { name: 'G729', clockRate: 8000 }],
]);

/** Formats that carry another one again; they go with it and never stand alone. RED repeats sound (RFC 2198), and wraps the repair of pictures. */
const companions: Readonly<Record<'audio' | 'video', ReadonlySet<string>>> = { audio: new Set(['rtx', 'ulpfec', 'flexfec-03']), video: new Set(['rtx', 'red', 'ulpfec', 'flexfec-03']) };

/** The codecs of a section in the order of its m= line, which is the client's preference (RFC 3264 §5.1). */
export function readCodecs(lines: MediaLines): readonly OfferedCodec[] {
  const mapped = new Map(lines.rtp.map((entry) => [Number(entry.payload), entry]));
  const parameters = new Map(lines.fmtp.map(({ payload, config }) => [Number(payload), String(config)]));
  const retransmissions = retransmissionsOf(lines, parameters);
  return payloadTypesOf(lines).flatMap((payloadType) => {
    const entry = mapped.get(payloadType);
    const name = entry === undefined ? staticCodecs.get(payloadType)?.name : String(entry.codec);
    const clockRate = entry === undefined ? staticCodecs.get(payloadType)?.clockRate : Number(entry.rate);
    if (name === undefined || clockRate === undefined || !(clockRate > 0) || companions[lines.type === 'audio' ? 'audio' : 'video'].has(name.toLowerCase())) return [];
    const rtxPayloadType = retransmissions.get(payloadType);
    return [{
      payloadType, name, clockRate,
      channels: Number(entry?.encoding ?? 1) || 1,
      parameters: parameters.get(payloadType) ?? '',
      feedback: feedbackOf(lines, payloadType),
      ...(rtxPayloadType === undefined ? {} : { rtxPayloadType }),
    }];
  });
}

/** Two codec names are one whatever their case (RFC 4855 §3). */
export function sameCodecName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** A number of an m= line, once; 64 to 95 cannot be told from RTCP on one port (RFC 5761 §4). */
function payloadTypesOf({ payloads }: MediaLines): readonly number[] {
  const numbers = String(payloads ?? '').split(' ').filter((word) => /^\d{1,3}$/.test(word)).map(Number);
  return [...new Set(numbers)].filter((number) => number <= 127 && (number < 64 || number > 95));
}

/** Payload type -> that of its retransmissions (RFC 4588 §8.6). */
function retransmissionsOf(lines: MediaLines, parameters: ReadonlyMap<number, string>): ReadonlyMap<number, number> {
  const inUse = new Set(payloadTypesOf(lines));
  const found = new Map<number, number>();
  for (const { payload, codec } of lines.rtp) {
    const apt = /(?:^|;)\s*apt=(\d{1,3})/.exec(parameters.get(Number(payload)) ?? '')?.[1];
    if (String(codec).toLowerCase() === 'rtx' && apt !== undefined && inUse.has(Number(payload))) found.set(Number(apt), Number(payload));
  }
  return found;
}

/** Without repetitions; `*` is for every payload type (RFC 4585 §4.2). */
function feedbackOf({ rtcpFb = [] }: MediaLines, payloadType: number): readonly string[] {
  const ours = rtcpFb.filter(({ payload }) => payload === '*' || payload === payloadType);
  return [...new Set(ours.map(({ type, subtype }) => (subtype === undefined ? String(type) : `${type} ${subtype}`)))];
}
