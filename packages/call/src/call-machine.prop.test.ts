import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addMilliseconds, instant, type Instant } from '@dialplane/sansio';
import { CallMachine, type CallCommand, type CallInput, type CallMachineOptions, type CallOutput, type CallSnapshot, type EndpointIdentity } from './index.ts';
import { openings, resolve, step } from './test-call-steps.ts';
import type { service } from './test-call.ts';
import { Witness } from './test-call-witness.ts';

/** A machine whose ids can be continued by another one. */
class Numbered {
  machine: CallMachine;
  ids: number;

  constructor(ids: number, now: Instant, snapshot?: CallSnapshot) {
    this.ids = ids;
    const options: CallMachineOptions = {
      callId: 'call', serverCallId: 'server-call', startedAt: '2026-01-01T00:00:00.000Z', newId: () => `id${(this.ids += 1)}`,
      iceConfiguration: () => ({ iceServers: [], iceTransportPolicy: 'all', relay: 'unavailable' }),
    };
    this.machine = snapshot === undefined ? new CallMachine(options, now) : CallMachine.restore(snapshot, options, now);
  }

  drain(): CallOutput[] {
    const outputs: CallOutput[] = [];
    for (let output = this.machine.poll(); output !== undefined; output = this.machine.poll()) outputs.push(output);
    return outputs;
  }
}

/**
 * Arbitrary sequences of commands, observations and waits, most of them nonsense at the moment they come. Every machine is
 * followed by a twin that is restored from a snapshot before each input and must put out the same.
 */
test('whatever happens, a call never throws, numbers its events, ends once with one record, and survives any restart', () => {
  let ends = 0;
  let promotions = 0;
  let reopenings = 0;
  let handedOver = 0;
  let added = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(...Object.keys(openings)), (steps, opening) => {
      let now = instant(0);
      const original = new Numbered(0, now);
      const witness = new Witness();
      let commands = 0;
      let latest: CallCommand | undefined;
      for (const one of [...(openings[opening] ?? []), ...steps]) {
        const snapshot = JSON.parse(JSON.stringify(original.machine.snapshot(now))) as CallSnapshot;
        const shift = 1_000_000;
        const twin = new Numbered(original.ids, addMilliseconds(now, shift), snapshot);
        for (const output of twin.drain()) assert.ok(output.kind === 'findEndpoints' || output.kind === 'userCalled', 'asked again');
        const isEnded = original.machine.isEnded;
        if (one.kind === 'wait') {
          now = addMilliseconds(now, one.ms);
          original.machine.handleTimeout(now);
          twin.machine.handleTimeout(addMilliseconds(now, shift));
        } else if (one.kind === 'repeat') {
          if (latest === undefined) continue;
          original.machine.handle(latest, now);
          twin.machine.handle(latest, addMilliseconds(now, shift));
        } else {
          const isCommand = 'application' in one.input || 'by' in one.input || 'caller' in one.input || 'joiner' in one.input;
          const resolved = resolve(one.input, original.machine, witness, one.session);
          const given = resolved as { by?: string; caller?: EndpointIdentity; joiner?: EndpointIdentity; application?: typeof service };
          const from = given.by ?? given.caller?.endpointId ?? given.joiner?.endpointId ?? given.application?.connectionId;
          const input = isCommand ? ({ ...resolved, commandId: `${(commands += 1)}/${from}` } as CallCommand) : resolved;
          if ('commandId' in input) latest = input;
          witness.hear(input, !isEnded);
          if (input.kind === 'movedAway') witness.release(presentLines(snapshot, input.identifier));
          original.machine.handle(input, now);
          twin.machine.handle(input, addMilliseconds(now, shift));
        }
        const outputs = original.drain();
        assert.deepEqual(rebased(twin.drain(), shift), rebased(outputs, 0), 'the restored machine does the same');
        const results = witness.results;
        for (const output of outputs) witness.see(output);
        // A command of who is not in the call is not remembered: repeated when they are, it is carried out.
        if (outputs.some((output) => output.kind === 'result' && !output.result.ok && output.result.code === 'CALL_NOT_FOUND')) latest = undefined;
        if (one.kind === 'repeat' && latest !== undefined && latest.kind !== 'sendMessage' && latest.kind !== 'want') {
          assert.deepEqual(outputs.map(({ kind }) => kind), ['result'], 'a repeated command changes nothing');
        }
        if ('input' in one && latest !== undefined && outputs.some(({ kind }) => kind === 'result')) assert.equal(outputs[0]?.kind, 'result');
        assert.ok(witness.results - results <= 1);
        promotions += outputs.filter((output) => output.kind === 'event' && output.event.type === 'callPromoted').length;
        reopenings += outputs.filter((output) => output.kind === 'flow' && output.detail.kind === 'decision' && output.detail.what === 'the conference is opened again').length;
        if (!original.machine.isUnsaved) assert.ok(outputs.every((output) => output.kind !== 'event' || !('revision' in output.event)), 'something that was told is not stored');
        if (isEnded) assert.ok(outputs.every(({ kind }) => kind === 'result'));
        assert.equal(original.machine.isEnded, witness.ended === 1);
        for (const endpointId of original.machine.endpoints()) assert.notEqual(original.machine.viewFor(endpointId)?.state, 'Disconnected');
        if (original.machine.isEnded) {
          assert.equal(original.machine.pollTimeout(), undefined, 'a timer is left');
          assert.deepEqual(original.machine.endpoints(), []);
          assert.deepEqual([...witness.lines], [], 'a line is left');
        }
      }
      for (const lineId of original.machine.lines()) {
        const over: CallInput = { kind: 'line', event: { kind: 'ended', lineId, end: { by: 'network' } } };
        witness.hear(over, true);
        original.machine.handle(over, now);
        for (const output of original.drain()) witness.see(output);
      }
      // Everybody's client goes silent: whatever the state, the call comes to its end by itself.
      for (const endpointId of original.machine.endpoints()) original.machine.handle({ kind: 'endpointLost', endpointId }, now);
      for (const output of original.drain()) witness.see(output);
      for (let wakeAt = original.machine.pollTimeout(); wakeAt !== undefined; wakeAt = original.machine.pollTimeout()) {
        now = wakeAt;
        original.machine.handleTimeout(now);
        for (const output of original.drain()) witness.see(output);
      }
      assert.equal(witness.ended, witness.seated ? 1 : 0, 'a call that began has ended');
      ends += witness.ended;
      handedOver += witness.handedOver;
      added += witness.added;
    }),
    { numRuns: Number(process.env['CALL_PROPERTY_RUNS'] ?? 800) },
  );
  assert.ok(ends > 100, `only ${ends} calls ended`);
  assert.ok(handedOver > 0, 'nobody was handed over to another call');
  assert.ok(added > 0, 'nobody came for an application');
  assert.ok(promotions > 0, 'no call was promoted');
  assert.ok(reopenings > 50, `only ${reopenings} conferences were opened again`);
});

/** Lines from which somebody takes part. */
function presentLines({ model }: CallSnapshot, identifier: string): string[] {
  const stage = model.parties.find((party) => party.identifier === identifier)?.stage;
  return stage?.kind === 'present' ? stage.seats.flatMap(({ line, endpointId }) => (line === undefined ? [] : [endpointId])) : [];
}

/** Outputs with their instants on the original's clock. */
function rebased(outputs: readonly CallOutput[], shift: number): unknown {
  const instants = new Set(['startedAt', 'connectedAt', 'endedAt']);
  return JSON.parse(JSON.stringify(outputs, (key, value: unknown) => (instants.has(key) && typeof value === 'number' ? value - shift : value)));
}
