/** Case 1 of the call flows: two clients that see each other exchange media directly, whatever way signaling takes. */
import assert from 'node:assert/strict';
import { startCapture } from '../captures/capture.ts';
import type { NetworkPlan } from '../network/network-plan.ts';
import { eventually } from '../patience.ts';
import { labTest } from '../requirements.ts';
import { carriedMedia, settledLedger, sumOf } from './relay-ledger.ts';
import { bothArrive, connectCall, hangUp, oneSubnet, openTwoPhones, readFlow, readRecords, twoSubnets, type TwoPhones } from './two-phones.ts';

labTest('direct call in one subnet', () => directCall(oneSubnet));
labTest('direct call between two routed subnets', () => directCall(twoSubnets));

const firstRelayPort = 53_248;

async function directCall(plan: NetworkPlan): Promise<void> {
  await using phones = await openTwoPhones(plan);
  await using atServer = await startCapture(phones.network.host('server'));
  await using atAnna = await startCapture(phones.network.host('anna'));
  const callId = await connectCall(phones);
  await bothArrive(phones);
  await chosenPairIsHostToHost(phones);
  await talkForSeconds(phones);
  await hangUp(phones);

  await Promise.all([atServer.stop(), atAnna.stop()]);
  const [anna, boris] = [phones.network.host('anna').address, phones.network.host('boris').address];
  for (const [from, to] of [[anna, boris], [boris, anna]]) {
    assert.ok((await atAnna.count(`udp && ip.src == ${from} && ip.dst == ${to}`)) > 50, `media from ${from} to ${to}`);
  }
  // The capture is not blind: signaling is in it, and the search for a way. Everything else would be media, or a surprise.
  assert.ok((await atServer.count('tcp.port == 8443')) > 50);
  // Until the direct pair is chosen, a packet or two may come through the relay; the ledger says how much.
  const server = phones.network.host('server').address;
  const ofRelays = `(ip.src == ${server} && udp.srcport >= ${firstRelayPort}) || (ip.dst == ${server} && udp.dstport >= ${firstRelayPort})`;
  const surprises = await atServer.fields(`!arp && !(tcp.port in {8443, 3478}) && !(udp.port == 3478) && !stun && !(${ofRelays})`, ['frame.protocols', 'ip.src', 'udp.srcport', 'ip.dst', 'udp.dstport', 'frame.len']);
  assert.deepEqual(surprises, [], 'the server met nothing but HTTPS, STUN and TURN');
  const relayed = sumOf(await settledLedger(phones.server, phones.operatorToken, callId));
  assert.ok(!carriedMedia(relayed), `connectivity checks at most, but ${JSON.stringify(relayed)}`);

  await recordsAreComplete(phones, callId);
  await flowIsComplete(phones, callId);
}

/** Quality is measured second by second: a shorter call leaves none in its records. */
async function talkForSeconds({ anna }: TwoPhones): Promise<void> {
  for (let window = 0; window < 5; window += 1) await anna.phone.call('hears', 'boris');
}

async function chosenPairIsHostToHost({ network, anna, boris }: TwoPhones): Promise<void> {
  const [annas, boriss] = [network.host('anna').address, network.host('boris').address];
  const end = (address: string): object => ({ type: 'host', protocol: 'udp', address });
  assert.deepEqual(await anna.phone.call('pairs'), [{ local: end(annas), remote: end(boriss) }]);
  assert.deepEqual(await boris.phone.call('pairs'), [{ local: end(boriss), remote: end(annas) }]);
}

/** The whole story can be read from the record: signals, states, the chosen pair of each side, media both ways, the end. */
async function flowIsComplete(phones: TwoPhones, callId: string): Promise<void> {
  const flow = await readFlow(phones, callId);
  const details = flow.events.map((event) => event.detail);
  const kinds = new Set(details.map((detail) => detail.kind));
  for (const kind of ['request', 'event', 'callState', 'description', 'candidateGathered', 'candidatePair', 'dtlsState', 'firstMedia', 'lastMedia', 'ended']) {
    assert.ok(kinds.has(kind as never), `the flow has "${kind}"; it has ${[...kinds].join(', ')}`);
  }
  const operations = new Set(details.flatMap((detail) => (detail.kind === 'request' ? [detail.operation] : [])));
  for (const operation of ['startCall', 'reportRinging', 'acceptCall', 'sendCandidates', 'reportMedia', 'hangUp']) {
    assert.ok(operations.has(operation), `the flow has the request ${operation}; it has ${[...operations].join(', ')}`);
  }
  // The last word of each side counts: the other end of a pair can be peer-reflexive until its candidate has been signaled.
  const chosen = new Map(flow.events.flatMap(({ from, detail }) => (detail.kind === 'candidatePair' && detail.outcome === 'selected' ? [[from, detail]] : [])));
  assert.equal(chosen.size, 2, 'both sides told which pair they chose');
  for (const { local, remote } of chosen.values()) assert.deepEqual([local.candidateType, remote.candidateType], ['host', 'host']);
  const media = new Set(flow.events.flatMap(({ from, detail }) => (detail.kind === 'firstMedia' ? [`${from} ${detail.direction} ${detail.mediaStreamType}`] : [])));
  assert.equal(media.size, 8, `two sides send and receive sound and picture: ${[...media].join(', ')}`);
  assert.deepEqual(flow.lanes.map((lane) => lane.role).toSorted(), ['callee', 'caller', 'server', 'server'], 'the server is there as controller and as relay');
  assert.match(flow.conclusion, /\S/);
  assert.ok(flow.endedAt !== undefined && !flow.isTruncated);
  assert.deepEqual(flow.events.map((event) => event.sequence), flow.events.map((_, index) => index + 1));
}

async function recordsAreComplete(phones: TwoPhones, callId: string): Promise<void> {
  // Clients send their last measurements after the end, and nobody is told when those have arrived.
  const { summaries, diagnostics } = await eventually(() => readRecords(phones, callId), (records) => records.diagnostics.length >= 8, (records) => `not 8 rows, but ${JSON.stringify(records.diagnostics)}`);
  assert.deepEqual(summaries.map((summary) => summary.identifier).toSorted(), [phones.anna.rawId, phones.boris.rawId].toSorted());
  for (const summary of summaries) {
    assert.equal(summary.correlationId, callId);
    assert.deepEqual([summary.callType, summary.participantEndReason, summary.participantEndSubCode, summary.resultCategory], ['P2P', 0, 0, 'Success']);
    assert.ok(summary.callDuration > 0);
  }
  const streams = new Set(diagnostics.map((row) => `${row.identifier} ${row.mediaType} ${row.streamDirection} ${row.transportType}`));
  assert.equal(streams.size, 8, `a row for each stream of each side: ${[...streams].join(', ')}`);
}
