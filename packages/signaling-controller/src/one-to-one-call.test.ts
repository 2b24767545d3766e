import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, testDescription, TestServer, type TestClient } from './test-server.ts';

test('a call from the first ring to its record, with the events of both sides', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');

  const started = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [bob.identifier], description: testDescription('offer') } });
  assert.equal(started.status, 201);
  assert.equal(started.body.direction, 'Outgoing');
  const { callId } = started.body;
  const params = { callId };

  const { call } = await bob.next('incomingCall');
  assert.equal(call.callId, callId);
  assert.deepEqual(call.caller, { identifier: alice.identifier, displayName: 'Alice' });
  assert.equal(call.mediaSessions[0]?.remoteDescription?.type, 'offer');

  server.clock.turn(500);
  assert.equal((await bob.ask('reportRinging', { params, body: { endpointId: bob.endpointId } })).status, 204);
  await alice.next('callStateChanged', ({ state }) => state === 'Ringing');

  server.clock.turn(1500);
  const accepted = await bob.ask('acceptCall', { params, body: { endpointId: bob.endpointId, description: testDescription('answer') } });
  assert.equal(accepted.status, 200);
  const answer = await alice.next('mediaDescription');
  assert.equal(answer.description.type, 'answer');
  const [session] = accepted.body.mediaSessions;
  assert.ok(session);
  const candidates = [{ candidate: 'candidate:1 1 udp 2122260223 10.10.0.2 50000 typ host', mid: '0', mLineIndex: 0, usernameFragment: 'abcd' }];
  assert.equal((await bob.ask('sendCandidates', { params: { callId, mediaSessionId: session.mediaSessionId }, body: { endpointId: bob.endpointId, candidates } })).status, 204);
  assert.deepEqual((await alice.next('mediaCandidates')).candidates, candidates);

  const host = { candidateType: 'host', protocol: 'udp', address: '10.10.0.2', port: 50_000 } as const;
  const reported = await alice.ask('reportTelemetry', {
    params,
    body: {
      endpointId: alice.endpointId,
      // A client whose clock is an hour late.
      sentAt: new Date(server.clock.wallMs() - 3_600_000).toISOString(),
      flow: [{ time: new Date(server.clock.wallMs() - 3_600_000 - 100).toISOString(), detail: { kind: 'candidatePair', outcome: 'selected', local: host, remote: host, rttMs: 1 } }],
      streams: [{ streamId: '1', mediaType: 'Audio', streamDirection: 'Outbound', transportType: 'UDP', codecName: 'opus', jitterAvg: 2 }],
    },
  });
  assert.equal(reported.status, 204);

  const reportConnected = async (client: TestClient, mediaSessionId: string): Promise<void> => {
    const { status } = await client.ask('reportMedia', { params: { callId, mediaSessionId }, body: { endpointId: client.endpointId, state: 'connected' } });
    assert.equal(status, 204);
  };
  await reportConnected(alice, started.body.mediaSessions[0]?.mediaSessionId ?? '');
  await reportConnected(bob, session.mediaSessionId);
  server.clock.turn(34_000);
  const running = await alice.ask('getCallFlow', { params });
  assert.equal(running.body.conclusion, 'Connected after 2.0 s directly over UDP (host/host); running for 34 s.');

  assert.equal((await bob.ask('hangUp', { params, body: { endpointId: bob.endpointId } })).status, 204);
  const disconnected = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([disconnected.endReason?.code, disconnected.endReason?.subCode, disconnected.endReason?.endedBy], [0, 0, bob.identifier]);

  const flow = await alice.ask('getCallFlow', { params });
  assert.equal(flow.body.conclusion, 'Connected after 2.0 s directly over UDP (host/host); ended by Bob after 34 s.');
  assert.deepEqual(flow.body.lanes.map((lane) => [lane.role, lane.displayName]), [['caller', 'Alice'], ['server', undefined], ['callee', 'Bob']]);
  assert.deepEqual(flow.body.events.map(({ sequence }) => sequence), flow.body.events.map((_event, index) => index + 1));
  const pair = flow.body.events.find(({ detail }) => detail.kind === 'candidatePair');
  assert.equal(pair?.source, 'client');
  assert.ok(Math.abs(Date.parse(pair.time) - (server.clock.wallMs() - 34_100)) < 50, pair.time);
  const requests = flow.body.events.flatMap(({ detail }) => (detail.kind === 'request' ? [detail.operation] : []));
  assert.deepEqual(requests.slice(0, 3), ['startCall', 'reportRinging', 'acceptCall']);

  const records = await bob.ask('getCallRecords', { params });
  assert.deepEqual(
    records.body.summaries.map((row) => [row.identifier, row.participantDuration, row.participantEndReason, row.sdkVersion, row.resultCategory]).sort(),
    [[alice.identifier, 34, 0, '1.46.0', 'Success'], [bob.identifier, 34, 0, '1.46.0', 'Success']].sort(),
  );
  assert.deepEqual(records.body.diagnostics.map((row) => [row.identifier, row.codecName, row.jitterAvg]), [[alice.identifier, 'opus', 2]]);

  const list = await bob.ask('listCalls');
  assert.deepEqual(list.body.value.map((entry) => [entry.callId, entry.callType, entry.resultCategory]), [[callId, 'P2P', 'Success']]);

  // What a client saw is taken for another minute, and changes the conclusion; then no more.
  const relay = { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tcp' } as const;
  const late = (): ReturnType<typeof bob.ask<'reportTelemetry'>> => {
    const time = new Date(server.clock.wallMs()).toISOString();
    return bob.ask('reportTelemetry', {
      params,
      body: { endpointId: bob.endpointId, sentAt: time, flow: [{ time, detail: { kind: 'candidatePair', outcome: 'selected', local: relay, remote: host } }], streams: [] },
    });
  };
  assert.equal((await late()).status, 204);
  assert.equal((await alice.ask('getCallFlow', { params })).body.events.at(-1)?.detail.kind, 'candidatePair');
  server.clock.turn(61_000);
  assert.equal((await late()).status, 404);
  const conclusion = 'Connected after 2.0 s through the relay, reached over TCP (relay/host); ended by Bob after 34 s.';
  assert.equal((await bob.ask('listCalls')).body.value[0]?.conclusion, conclusion);

  const { body: metrics } = await server.metrics.render();
  assert.match(metrics, /^dialplane_calls_started_total 1$/m);
  assert.match(metrics, /^dialplane_calls_ended_total\{reason="hungUp"\} 1$/m);
  assert.match(metrics, /^dialplane_event_streams_open 2$/m);
});

test('a call to somebody whose clients are gone ends at once; one that comes back while another rings, rings too', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const phone = await server.client('Bob');
  const closed = server.readerClosed();
  phone.disconnect();
  await closed;
  for (let second = 0; second < 16; second += 1) server.clock.turn(1000);
  const call = (): ReturnType<typeof alice.ask<'startCall'>> => alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [phone.identifier] } });
  await call();
  const { endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.subCode], [480, 10_037]);

  const desk = await server.client('Bob', phone.identifier);
  const started = await call();
  await desk.next('incomingCall');
  const back = phone.at(server.url);
  await back.connect();
  assert.equal((await back.next('incomingCall')).call.callId, started.body.callId);
  back.disconnect();
});

test('a device that registers while its user is called rings too', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const phone = await server.client('Bob');
  const { body } = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [phone.identifier] } });
  const { token } = await server.token(['voip'], phone.identifier);
  const registered = await ask(server.url, 'registerEndpoint', { token, body: {} });
  const { body: batch } = await ask(server.url, 'receiveEvents', { token, params: { endpointId: registered.body.endpointId }, query: { wait: 0 } });
  const [sync] = batch.events;
  assert.equal(sync?.event.type, 'sync');
  assert.deepEqual(sync.event.calls.map(({ callId, state }) => [callId, state]), [[body.callId, 'Ringing']]);
});
