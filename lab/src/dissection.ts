import { run } from './commands.ts';

/**
 * What makes tshark look as deep as it can without a description of the session at hand: into RTP, and into what a relay wraps (RFC 8656 §11, §12). RTCP that nobody described is
 * encrypted (SRTCP), and no heuristic can tell.
 */
const heuristics = [
  ...['rtp_udp', 'rtp_stun', 'dtls_stun'].flatMap((name) => ['--enable-heuristic', name]),
  ...['rtcp_udp', 'rtcp_stun'].flatMap((name) => ['--disable-heuristic', name]),
];

/** The values of `fields` in each packet of a capture file that matches a display filter, as tshark prints them. Rejects when tshark cannot read the file. */
export async function dissect(file: string, displayFilter: string, fields: readonly string[]): Promise<ReadonlyArray<readonly string[]>> {
  const output = await run('tshark', ['-n', '-r', file, ...heuristics, '-Y', displayFilter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])]);
  return output.split('\n').filter(Boolean).map((line) => line.split('\t'));
}
