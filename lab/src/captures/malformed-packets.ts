import { dissect } from './dissection.ts';

/** A packet in which tshark found a malformed message or an error of its protocol. */
export interface MalformedPacket {
  /** Its number in the file, from 1. */
  readonly frame: number;
  /** What it was taken for, layer by layer: `eth:ethertype:ip:udp:sip`. */
  readonly protocols: string;
  readonly summary: string;
  /** What is wrong with it, in the words of Wireshark. */
  readonly complaints: string;
}

/** Of the last ones, which no peer forgives, tshark only warns. */
const faults = [
  '_ws.malformed', '_ws.expert.severity >= error', 'stun.short_packet', 'stun.wrong_msglen', 'stun.long_attribute', 'stun.att.crc32.bad', 'sip.header_no_colon', 'sip.header_not_terminated',
].join(' || ');

/** What looks like a fault to the dissectors of Wireshark 4.0 and is none: display filters. */
const innocent = [
  // What a handshake of DTLS has agreed on (RFC 5764) is encrypted: RTCP, which is then found inside RTP as that of SIP is not, and the last byte of padding.
  'frame.protocols contains "rtp:rtcp"',
  '(rtp.padding == 1 && rtp.setup-method != "SDP")',
  // A handshake message in fragments that is sent again, as its sender has to when no answer comes (RFC 6347 §4.2.4).
  '_ws.expert.message contains "(retransmission?)"',
] as const;

/** All packets of a capture file in which something is malformed, as tshark judges them; nobody sends such on purpose in the lab. Rejects when tshark cannot read the file. */
export async function malformedPackets(file: string): Promise<readonly MalformedPacket[]> {
  const found = await dissect(file, `(${faults}) && !(${innocent.join(' || ')})`, ['frame.number', 'frame.protocols', '_ws.col.Info', '_ws.expert.message']);
  return found.map(([frame = '', protocols = '', summary = '', complaints = '']) => ({ frame: Number(frame), protocols, summary, complaints }));
}
