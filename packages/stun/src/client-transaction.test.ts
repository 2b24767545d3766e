import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { ClientTransaction, type ClientTransactionOutput, RetransmissionTimeout } from './index.ts';

const bytes = Uint8Array.of(1);

/** Lets time pass until the machine sleeps; what it put out, with the time it did. */
function runOut(transaction: ClientTransaction): Array<readonly [number, ClientTransactionOutput]> {
  const seen: Array<readonly [number, ClientTransactionOutput]> = [];
  let now = instant(0);
  for (;;) {
    for (let output = transaction.poll(); output !== undefined; output = transaction.poll()) seen.push([now, output]);
    const next = transaction.pollTimeout();
    if (next === undefined) return seen;
    now = next;
    transaction.handleTimeout(now);
  }
}

test('without an answer the request goes out at the times of RFC 8489 §6.2.1', () => {
  const transaction = new ClientTransaction(bytes, { isReliable: false });
  transaction.handle({ kind: 'start' }, instant(0));
  transaction.handle({ kind: 'start' }, instant(0));
  assert.deepEqual(runOut(transaction), [
    ...[0, 500, 1500, 3500, 7500, 15_500, 31_500].map((at) => [at, { kind: 'send', bytes }] as const),
    [39_500, { kind: 'ended', reason: 'timedOut' }],
  ]);
});

test('over a stream it goes out once and waits 39.5 s', () => {
  const transaction = new ClientTransaction(bytes, { isReliable: true });
  transaction.handle({ kind: 'start' }, instant(0));
  assert.deepEqual(runOut(transaction), [
    [0, { kind: 'send', bytes }],
    [39_500, { kind: 'ended', reason: 'timedOut' }],
  ]);
});

test('an answer ends it; the round trip counts only when nothing was sent twice', () => {
  const quick = new ClientTransaction(bytes, { isReliable: false });
  quick.handle({ kind: 'start' }, instant(10));
  quick.handleTimeout(instant(509));
  quick.handle({ kind: 'responseAccepted' }, instant(60));
  assert.deepEqual([quick.poll(), quick.poll(), quick.poll(), quick.pollTimeout()], [{ kind: 'send', bytes }, { kind: 'ended', reason: 'answered', roundTripMs: 50 }, undefined, undefined]);

  const slow = new ClientTransaction(bytes, { isReliable: false });
  slow.handle({ kind: 'start' }, instant(0));
  slow.handleTimeout(instant(500));
  slow.handle({ kind: 'responseAccepted' }, instant(600));
  assert.deepEqual([slow.poll(), slow.poll(), slow.poll()], [{ kind: 'send', bytes }, { kind: 'send', bytes }, { kind: 'ended', reason: 'answered' }]);
});

test('a forged answer is waited out over UDP and ends the transaction over a stream', () => {
  const datagram = new ClientTransaction(bytes, { isReliable: false, requestCount: 1, lastWaitFactor: 1 });
  datagram.handle({ kind: 'start' }, instant(0));
  datagram.handle({ kind: 'responseDiscarded', integrityViolated: true }, instant(1));
  datagram.handle({ kind: 'responseDiscarded', integrityViolated: false }, instant(2));
  assert.deepEqual(runOut(datagram).at(-1), [500, { kind: 'ended', reason: 'integrityViolated' }]);

  const stream = new ClientTransaction(bytes, { isReliable: true });
  stream.handle({ kind: 'start' }, instant(0));
  stream.handle({ kind: 'responseDiscarded', integrityViolated: true }, instant(1));
  assert.deepEqual([stream.poll(), stream.poll()], [{ kind: 'send', bytes }, { kind: 'ended', reason: 'integrityViolated' }]);
});

test('a lost path ends it', () => {
  const transaction = new ClientTransaction(bytes, { isReliable: false });
  transaction.handle({ kind: 'start' }, instant(0));
  transaction.handle({ kind: 'pathFailed' }, instant(1));
  transaction.handle({ kind: 'responseAccepted' }, instant(2));
  assert.deepEqual([transaction.poll(), transaction.poll(), transaction.poll()], [{ kind: 'send', bytes }, { kind: 'ended', reason: 'pathFailed' }, undefined]);
});

test('the retransmission timeout follows the round trips and forgets them after ten minutes', () => {
  const timeout = new RetransmissionTimeout();
  assert.equal(timeout.current(instant(0)), 500);
  timeout.sample(800, instant(0));
  assert.equal(timeout.current(instant(0)), 2400);
  for (let at = 1; at < 60; at += 1) timeout.sample(800, instant(at));
  assert.equal(timeout.current(instant(60)), 800);
  for (let at = 60; at < 200; at += 1) timeout.sample(20, instant(at));
  assert.equal(timeout.current(instant(200)), 500);
  timeout.sample(5000, instant(300));
  assert.equal(timeout.current(instant(300 + 600_001)), 500);
});
