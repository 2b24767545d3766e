import { run } from '../commands.ts';

/**
 * What makes tshark look as deep as it can without a description of the session at hand: into RTP, and into what a relay wraps (RFC 8656 §11, §12). RTCP that nobody described is
 * encrypted (SRTCP), and no heuristic can tell.
 */
const heuristics = [
  ...['rtp_udp', 'rtp_stun', 'dtls_stun'].flatMap((name) => ['--enable-heuristic', name]),
  ...['rtcp_udp', 'rtcp_stun'].flatMap((name) => ['--disable-heuristic', name]),
];

/** What speaks in the lab, by the names that display filters have for it. */
const spoken = new Set([
  'frame', 'eth', 'ethertype', 'raw', 'arp', 'ip', 'ipv6', 'icmp', 'icmpv6', 'udp', 'tcp', 'data',
  'stun', 'turnchannel', 'dtls', 'rtp', 'rtcp', 'rtpevent', 'sip', 'sipfrag', 'sdp', 'tls', 'http', 'dns', 'mdns',
  'json', 'xml', 'data-text-lines', 'media', 'mime_multipart',
  'pkcs-1', 'pkix1explicit', 'pkix1implicit', 'x509af', 'x509ce', 'x509if', 'x509sat',
]);

/** Flags that leave everything else out: ports of media are any, and what passes one that tshark knows another protocol by would be taken for that. Asked for once. */
let silence: Promise<readonly string[]> | undefined;

async function silenceOthers(): Promise<readonly string[]> {
  const protocols = (await run('tshark', ['-G', 'protocols'])).split('\n').filter(Boolean).map((line) => line.split('\t')[2] ?? '');
  return protocols.flatMap((name) => (spoken.has(name) ? [] : ['--disable-protocol', name]));
}

/** The values of `fields` in each packet of a capture file that matches a display filter, as tshark prints them. Rejects when tshark cannot read the file. */
export async function dissect(file: string, displayFilter: string, fields: readonly string[]): Promise<ReadonlyArray<readonly string[]>> {
  silence ??= silenceOthers();
  const output = await run('tshark', ['-n', '-r', file, ...(await silence), ...heuristics, '-Y', displayFilter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])]);
  return output.split('\n').filter(Boolean).map((line) => line.split('\t'));
}
