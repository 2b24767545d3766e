/** The relay is turned off: calls with a direct path go on working, and one without ends soon and says why. */
import assert from 'node:assert/strict';
import type { DialplaneServer } from '../dialplane-server.ts';
import { labTest } from '../requirements.ts';
import { openPhonesIn } from './access-networks.ts';
import { bestWays, choose } from './best-ways.ts';
import { settledLedger } from './relay-ledger.ts';
import { bothArrive, connectCall, hangUp, type TwoPhones } from './two-phones.ts';

const noMediaPath = { code: 410, subCode: 3112 };

labTest('two people who have no direct path', async (context) => {
  await using phones = await openPhonesIn('carrier', 'carrier');
  const { server, operatorToken, anna, boris } = phones;

  await context.test('one call does without the relay, the next has it', async (test) => {
    const startedAt = performance.now();
    await endsWithoutPath(phones, /the relay was turned off for this call/, { relay: 'off' });
    test.diagnostic(`the call without a path was over after ${Math.round(performance.now() - startedAt)} ms`);
    await connectCall(phones);
    await bothArrive(phones);
    await choose(phones, bestWays('carrier', 'carrier'));
    await hangUp(phones);
  });

  await context.test('the operator turns the relay off and on again, and off for good', async (test) => {
    await turnRelay(server, operatorToken, false);
    const callId = await endsWithoutPath(phones, /the operator has turned the relay off/);
    assert.deepEqual(await settledLedger(server, operatorToken, callId), [], 'nothing was relayed');

    await turnRelay(server, operatorToken, true);
    await connectCall(phones);
    await bothArrive(phones);
    await choose(phones, bestWays('carrier', 'carrier'));
    // Off means off at once, also for what is being relayed; on again within seconds, the call goes on.
    await turnRelay(server, operatorToken, false);
    await Promise.all([anna.phone.call('hears', null), boris.phone.call('hears', null)]);
    await turnRelay(server, operatorToken, true);
    await bothArrive(phones);

    const offAt = performance.now();
    await turnRelay(server, operatorToken, false);
    await endBothWithoutPath(phones, /the operator has turned the relay off/);
    test.diagnostic(`the call whose relay was turned off was over after ${Math.round(performance.now() - offAt)} ms`);
  });
});

labTest('a call between NATs that keep ports needs no relay', async () => {
  await using phones = await openPhonesIn('home', 'home');
  const { server, operatorToken } = phones;
  await turnRelay(server, operatorToken, false);
  const callId = await connectCall(phones);
  await bothArrive(phones);
  await choose(phones, bestWays('home', 'home'));
  await hangUp(phones);
  assert.deepEqual(await settledLedger(server, operatorToken, callId), []);
});

async function turnRelay(server: DialplaneServer, operatorToken: string, isEnabled: boolean): Promise<void> {
  assert.equal((await server.ask('updateRelaySettings', 'PATCH', '/v1/relay/settings', operatorToken, { isEnabled })).isEnabled, isEnabled);
}

async function endsWithoutPath(phones: TwoPhones, cause: RegExp, options?: { readonly relay?: 'off' }): Promise<string> {
  const { anna, boris } = phones;
  const answered = boris.phone.call('answer');
  await anna.phone.call('startCall', boris.rawId, options);
  const callId = await answered;
  await endBothWithoutPath(phones, cause);
  return callId;
}

async function endBothWithoutPath({ anna, boris }: TwoPhones, cause: RegExp): Promise<void> {
  for (const situation of await Promise.all([anna.phone.call('reaches', 'Disconnected'), boris.phone.call('reaches', 'Disconnected')])) {
    assert.deepEqual(situation.endReason, noMediaPath);
    assert.match(situation.endMessage ?? '', cause);
  }
}
