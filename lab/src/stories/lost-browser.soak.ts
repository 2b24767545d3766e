/** A browser dies without a word. Long: the other side is kept waiting for it, as it would be for a lost network. */
import assert from 'node:assert/strict';
import { labTest } from '../requirements.ts';
import { bothArrive, connectCall, oneSubnet, openTwoPhones, readRecords } from './two-phones.ts';

/** Media is missed after some seconds, then waited for during the reconnect window of two minutes. */
const patienceMs = 200_000;
const mediaLost = { code: 410, subCode: 301_005 };

labTest('a browser is killed: the other side ends with the documented reason, and so does the record', async () => {
  await using phones = await openTwoPhones(oneSubnet);
  const callId = await connectCall(phones);
  await bothArrive(phones);
  await phones.network.host('anna').killAll();
  const { endReason } = await phones.boris.phone.within(patienceMs)('reaches', 'Disconnected');
  assert.deepEqual(endReason, mediaLost);
  const { summaries } = await readRecords(phones, callId);
  assert.deepEqual(new Set(summaries.map((row) => `${row.participantEndReason}/${row.participantEndSubCode}`)), new Set([`${mediaLost.code}/${mediaLost.subCode}`]));
}, { timeoutMs: patienceMs + 60_000 });
