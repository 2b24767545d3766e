import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { JitterBuffer, jitterStep } from './jitter-buffer.ts';
import { hear } from './test-stream.ts';

test('whatever comes, every kept payload is played or given back, once', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ sequenceNumber: fc.oneof(fc.nat(0xffff), fc.integer({ min: 65_500, max: 65_535 }), fc.nat(60)), timestamp: fc.oneof(fc.nat(0xffff_ffff).map((value) => value | 0), fc.nat(100).map((index) => index * 960)), duration: fc.constantFrom(120, 480, 960, 2880, 5760), level: fc.integer({ min: -1, max: 127 }) }) },
    { weight: 2, arbitrary: fc.constant('take' as const) },
    { weight: 1, arbitrary: fc.nat(3000) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const held = new Set<number>();
    const giveBack = (payload: number): void => assert.ok(held.delete(payload), `payload ${payload} twice`);
    const buffer = new JitterBuffer({ clockRate: 48_000, hasRedundancy: true, release: giveBack });
    let now = 0;
    for (const [payload, what] of steps.entries()) {
      if (typeof what === 'number') {
        now += what;
      } else if (what === 'take') {
        now += 20;
        const taken = buffer.take(instant(now));
        if (taken === jitterStep.packet) giveBack(buffer.payload);
        else if (taken === jitterStep.redundancy) assert.ok(held.has(buffer.payload));
        if (taken !== jitterStep.nothing) assert.ok(buffer.duration > 0);
      } else {
        held.add(payload);
        if (!buffer.insert({ ...what, payload }, instant(now))) held.delete(payload);
      }
      assert.equal(buffer.length, held.size);
    }
    buffer.clear();
    assert.equal(held.size, 0);
  }), { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) });
});

test('over any line it plays in order, never twice, and comes to rest near the delay that it has to have', () => {
  const line = fc.record({ seed: fc.nat(1_000_000), jitterMs: fc.integer({ min: 0, max: 120 }), loss: fc.double({ min: 0, max: 0.3, noNaN: true }), phaseMs: fc.integer({ min: 0, max: 19 }), hasRedundancy: fc.boolean() });
  fc.assert(fc.property(line, ({ jitterMs, ...rest }) => {
    const { played, waitedMs, kept, sent } = hear({ ...rest, delayMs: (_at, chance) => 20 + jitterMs * chance, level: (at) => (at % 1500 < 1000 ? 30 : 70), seconds: 30 });
    for (const [index, sequence] of played.entries()) assert.ok(index === 0 || sequence > (played[index - 1] ?? 0));
    assert.equal(kept, 0);
    assert.ok(played.length > sent * (1 - rest.loss) * 0.8, `${played.length} of ${sent}`);
    assert.ok(Math.max(...waitedMs.slice(-300)) <= jitterMs + 90, `${Math.max(...waitedMs.slice(-300))}`);
  }), { numRuns: 60 });
});
