/** The server is killed while it relays: the call finds its way again through the next one, and not a byte is missing from the ledger. */
import assert from 'node:assert/strict';
import { startCapture } from '../captures/capture.ts';
import { labTest } from '../requirements.ts';
import { openPhonesIn } from './access-networks.ts';
import { bestWays, choose } from './best-ways.ts';
import { allocationsOf, assertCharged, settledLedger } from './relay-ledger.ts';
import { bothArrive, connectCall, hangUp } from './two-phones.ts';

labTest('the server is killed and started again in the middle of a relayed call', async () => {
  await using phones = await openPhonesIn('carrier', 'carrier');
  const { network, server, operatorToken } = phones;
  await using capture = await startCapture(network.host('server'), ['eth0', 'lo']);
  const callId = await connectCall(phones);
  await bothArrive(phones);
  await choose(phones, bestWays('carrier', 'carrier'));

  const killedAtMs = Date.now();
  await server.kill();
  await server.start();
  await bothArrive(phones);
  await choose(phones, bestWays('carrier', 'carrier'));
  await hangUp(phones);

  const rows = await settledLedger(server, operatorToken, callId);
  await capture.stop();
  const reasons = new Set(allocationsOf(rows).map(([, ofAllocation]) => ofAllocation.at(-1)?.reason));
  assert.ok(reasons.has('crashed') && reasons.size > 1, `allocations of both runs: ${[...reasons].join(', ')}`);
  for (const [, ofAllocation] of allocationsOf(rows)) {
    assert.deepEqual([ofAllocation[0]?.kind, ofAllocation.at(-1)?.kind], ['started', 'stopped']);
    await assertCharged(capture, ofAllocation, ofAllocation.at(-1)?.reason === 'crashed' ? killedAtMs : undefined);
  }
});
