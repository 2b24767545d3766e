import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, seededRandomness } from '@dialplane/sansio';
import { nodeSipCrypto } from '@dialplane/kernels';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import { tortureMessages } from '../torture/test-torture-messages.ts';
import { UserAgent } from './user-agent.ts';

const flow = { transport: 'udp', local: { address: '192.0.2.2', port: 5060 }, remote: { address: '192.0.2.1', port: 5060 } } as const;

test('a user agent does with each torture message what RFC 4475 says, and survives all of them', () => {
  let looked = 0;
  for (const { name, section, userAgent: outcome, bytes } of tortureMessages) {
    const message = parseSipMessage(bytes);
    if (message.kind === 'fault') continue;
    const agent = new UserAgent({ crypto: nodeSipCrypto, randomness: seededRandomness(1) });
    agent.handle({ kind: 'received', message, flow }, instant(0));
    const outputs = [];
    for (let output = agent.poll(); output !== undefined; output = agent.poll()) outputs.push(output);
    const [output] = outputs;
    const answer = output?.kind === 'send' && output.message.kind === 'response' ? output.message.status : undefined;
    const what = `${name} (${section})`;
    if (outcome === undefined) continue;
    looked += 1;
    if (outcome === 'drops') assert.deepEqual(outputs, [], what);
    else if (outcome === 'accepts') assert.ok(output?.kind === 'incoming' || answer === 200, `${what}: ${answer}`);
    else assert.equal(answer, outcome, what);
  }
  assert.ok(looked >= 10, `looked at only ${looked}`);
});
