import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './index.ts';

test('every combination of labels is there from the start, and counts', async () => {
  const metrics = createMetrics();
  const requests = metrics.counter({ name: 'requests_total', help: 'Requests.', labels: { method: ['GET', 'POST'], outcome: ['ok', 'failed'] } });
  requests.increment({ method: 'GET', outcome: 'ok' });
  requests.increment({ method: 'GET', outcome: 'ok' }, 2);
  const { body, contentType } = await metrics.render();
  assert.match(contentType, /^text\/plain/);
  assert.match(body, /dialplane_requests_total\{method="GET",outcome="ok"\} 3\n/);
  assert.match(body, /dialplane_requests_total\{method="POST",outcome="failed"\} 0\n/);
});

test('values that were not declared cannot make series grow', async () => {
  const metrics = createMetrics();
  const requests = metrics.counter({ name: 'requests_total', help: 'Requests.', labels: { method: ['GET'] } });
  for (let index = 0; index < 1000; index += 1) requests.increment({ method: `M${index}` as 'GET' });
  const { body } = await metrics.render();
  assert.deepEqual(body.match(/^dialplane_requests_total.*$/gm), ['dialplane_requests_total{method="GET"} 0', 'dialplane_requests_total{method="undeclared"} 1000']);
  assert.throws(() => metrics.counter({ name: 'x', help: 'x', labels: { a: Array.from({ length: 501 }, String) } }), /combinations/);
});

test('gauges, sampled gauges and histograms render', async () => {
  const metrics = createMetrics({ prefix: 'x_', includeProcess: true });
  const calls = metrics.gauge({ name: 'calls', help: 'Calls.' });
  calls.set({}, 4);
  calls.add({}, -1);
  let endpoints = 7;
  metrics.sampledGauge({ name: 'endpoints', help: 'Endpoints.' }, () => endpoints);
  endpoints = 8;
  let packets = 1;
  metrics.sampledCounter({ name: 'packets_total', help: 'Packets.' }, () => packets);
  await metrics.render();
  packets = 5;
  const setup = metrics.histogram({ name: 'setup_seconds', help: 'Setup.', buckets: [0.1, 1], labels: { kind: ['a'] } });
  setup.observe({ kind: 'a' }, 0.5);
  const { body } = await metrics.render();
  assert.match(body, /^x_calls 3$/m);
  assert.match(body, /^x_endpoints 8$/m);
  assert.match(body, /^# TYPE x_packets_total counter\nx_packets_total 5$/m);
  assert.match(body, /^x_setup_seconds_bucket\{le="1",kind="a"\} 1$/m);
  assert.match(body, /^process_cpu_seconds_total /m);
  assert.throws(() => metrics.gauge({ name: 'calls', help: 'again' }));
});
