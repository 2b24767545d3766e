import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Randomness, seededRandomness } from '@dialplane/sansio';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import type { SipMessage } from '../message/sip-message.ts';
import { writeSipMessage } from '../message/write-sip-message.ts';
import { sdp, TwoAgents } from './test-agents.ts';

/** More seeds: `FUZZ_ROUNDS=5000`. */
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 150);

/** Values that say too much, too little, or something else. */
const nonsense = ['', '0', '1', '4294967295', '99999999999', '-1', ',', ';', '<sip:x@192.0.2.9>', '"', '<>', '1 INVITE', '2147483647 BYE', '100rel', 'timer, replaces, nothing', 'application/sdp', 'x;tag=y', '90;refresher=uac', '1;refresher=uas', 'refer;id=1', 'terminated', 'A'.repeat(3000)];

/** The message with some lines changed, lost, doubled, or taken from another message. */
function mutantOf(message: SipMessage, other: SipMessage, randomness: Randomness): SipMessage | undefined {
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[randomness.nextUint32() % items.length];
  const lines = new TextDecoder().decode(writeSipMessage(message)).split('\r\n');
  const others = new TextDecoder().decode(writeSipMessage(other)).split('\r\n');
  for (let changes = 1 + (randomness.nextUint32() % 3); changes > 0; changes -= 1) {
    const at = randomness.nextUint32() % lines.length;
    const name = lines[at]?.split(':')[0] ?? '';
    const change = randomness.nextUint32() % 4;
    if (change === 0) lines[at] = `${name}: ${pick(nonsense) ?? ''}`;
    else if (change === 1) lines.splice(at, 1);
    else if (change === 2) lines.splice(at, 0, pick(others) ?? '');
    else lines[0] = pick([others[0] ?? '', 'SIP/2.0 200 OK', 'SIP/2.0 183 Session Progress', 'SIP/2.0 491 Request Pending', 'SIP/2.0 422 Too small', 'SIP/2.0 401 Who are you', 'BYE sip:x SIP/2.0', 'PRACK sip:x SIP/2.0', 'UPDATE sip:x SIP/2.0', 'REFER sip:x SIP/2.0', 'NOTIFY sip:x SIP/2.0']) ?? '';
  }
  const parsed = parseSipMessage(new TextEncoder().encode(lines.join('\r\n')));
  return parsed.kind === 'fault' ? undefined : parsed;
}

test('a peer that says anything at any time is survived, and leaves nothing behind', () => {
  let delivered = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const randomness = seededRandomness(round);
    const agents = new TwoAgents({ transport: round % 2 === 0 ? 'udp' : 'tcp', limits: { sessions: 50, earlyDialogs: 4, referrals: 2 } });
    const attack = (): void => {
      for (let shots = 0; shots < 8; shots += 1) {
        const [message, other] = [agents.messages[randomness.nextUint32() % agents.messages.length], agents.messages[randomness.nextUint32() % agents.messages.length]];
        const mutant = message === undefined || other === undefined ? undefined : mutantOf(message, other, randomness);
        if (mutant === undefined) continue;
        delivered += 1;
        agents.receive(randomness.nextUint32() % 2 === 0 ? 'alice' : 'bob', mutant);
        assert.ok(agents.alice.statistics.dialogs <= 60 && agents.bob.statistics.dialogs <= 60);
      }
      agents.pass(randomness.nextUint32() % 300);
    };
    agents.call({ sessionTimer: { intervalSeconds: 90 }, credentials: { username: 'alice', password: 'secret' } });
    agents.pass(20);
    attack();
    const incoming = agents.events('bob').find((event) => event.kind === 'incoming');
    if (incoming === undefined) continue;
    const { sessionId } = incoming;
    agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
    attack();
    agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer'), sessionTimer: { intervalSeconds: 90 } });
    attack();
    agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
    agents.do('bob', { kind: 'refer', sessionId, target: 'sip:carol@192.0.2.3' });
    attack();
    agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('changed') });
    attack();
    for (const who of ['alice', 'bob'] as const) {
      for (const event of agents.events(who)) if ('sessionId' in event) agents.do(who, { kind: 'end', sessionId: event.sessionId });
    }
    agents.pass(2_000_000);
    agents.assertNothingLeft();
  }
  assert.ok(delivered > 5 * rounds, `delivered only ${delivered}`);
});
