import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSipCapture } from './messages/sip-capture.ts';
import type { PassedMessage } from './messages/stored-message.ts';

/** Has tshark read the capture that an operator would download: every message is SIP, and none is malformed, an error to its experts or has a wrong checksum. */
export async function assertCleanCapture(messages: readonly PassedMessage[], folder: string): Promise<void> {
  const file = join(folder, 'calls.pcap');
  await writeFile(file, writeSipCapture(messages.map(({ atMs, direction, local, remote, bytes }) => ({ atMs, bytes, ...(direction === 'in' ? { source: remote, destination: local } : { source: local, destination: remote }) }))));
  assert.equal(matchingPackets(file, 'sip'), messages.length);
  assert.equal(matchingPackets(file, '_ws.malformed || _ws.expert.severity >= "Error" || udp.checksum.status == "Bad" || ip.checksum.status == "Bad"'), 0);
}

/** What a message is goes before what its port is known for: the ports of the tests are any. */
const preferences = ['udp.check_checksum', 'ip.check_checksum', 'udp.try_heuristic_first', 'tcp.try_heuristic_first'].flatMap((name) => ['-o', `${name}:TRUE`]);

function matchingPackets(file: string, filter: string): number {
  const { status, stdout, stderr } = spawnSync('tshark', ['-r', file, ...preferences, '-Y', filter, '-T', 'fields', '-e', 'frame.number'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter((line) => line !== '').length;
}
