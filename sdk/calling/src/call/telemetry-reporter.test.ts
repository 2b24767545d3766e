import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientFlowDetail } from '@dialplane/calling-api';
import { hostPlatform } from '../platform.ts';
import { ApiClient } from '../signaling/api-client.ts';
import { TestClock } from '../test-clock.ts';
import { ScriptedServer, testToken } from '../test-scripted-server.ts';
import { TelemetryReporter } from './telemetry-reporter.ts';

const detail: ClientFlowDetail = { kind: 'clientDecision', what: 'call survey', why: 'five stars' };

/** A reporter over the library's own requests, of a call that is open. */
function reporter() {
  const server = new ScriptedServer();
  server.hold('reportTelemetry');
  const clock = new TestClock();
  const platform = { ...hostPlatform(), clock, random: () => 0, fetch: server.platform().fetch };
  const api = new ApiClient(platform, 'https://server.test', { getToken: async () => testToken(0), replaceToken: async () => undefined });
  const telemetry = new TelemetryReporter(platform, (report, options) =>
    api.request('reportTelemetry', { params: { callId: 'call' }, body: { ...report, endpointId: 'endpoint' } }, options),
  );
  telemetry.open();
  return { server, clock, telemetry };
}

test('the last report is sent at once, and again under the same id until it is accepted', async () => {
  const { server, clock, telemetry } = reporter();
  telemetry.add(detail);
  const finished = telemetry.finish();
  const first = await server.next('reportTelemetry');
  first.fail();
  await clock.advance(4000);
  const second = await server.next('reportTelemetry');
  second.answer(503, { error: { code: 'DRAINING', message: 'Soon.' } });
  await clock.advance(4000);
  const third = await server.next('reportTelemetry');
  third.answer(204);
  await finished;
  assert.deepEqual(third.body, first.body);
  assert.equal(third.requestId, first.requestId);
  await clock.advance(120_000);
  assert.equal(server.requests.length, 3);
});

test('a report that was under way when the call ended is made good after the end', async () => {
  const { server, clock, telemetry } = reporter();
  telemetry.add(detail);
  await clock.advance(2000);
  const before = await server.next('reportTelemetry');
  const finished = telemetry.finish();
  // Its time is over, and so is the pause before the next.
  await clock.advance(5000);
  await clock.advance(2000);
  const again = await server.next('reportTelemetry');
  assert.deepEqual((again.body as { flow: unknown }).flow, (before.body as { flow: unknown }).flow);
  again.answer(204);
  await finished;
});

test('a minute after the end nothing is tried any more, and what comes later is dropped', async () => {
  const { server, clock, telemetry } = reporter();
  telemetry.add(detail);
  const finished = telemetry.finish();
  for (let waited = 0; waited < 70_000; waited += 100) {
    await clock.advance(100);
    server.requests.at(-1)?.fail();
  }
  await finished;
  const tried = server.requests.length;
  assert.ok(tried > 5, `${tried} attempts`);
  telemetry.add(detail);
  await clock.advance(60_000);
  assert.equal(server.requests.length, tried);
});

test('what the server refuses for good is not repeated', async () => {
  const { server, clock, telemetry } = reporter();
  telemetry.add(detail);
  await clock.advance(2000);
  (await server.next('reportTelemetry')).answer(400, { error: { code: 'REQUEST_INVALID', message: 'No.' } });
  await clock.advance(60_000);
  assert.equal(server.requests.length, 1);
});
