import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Address, ipv6Address, MessageBuilder, answerBinding, parseStunMessage, transportAddress } from '@dialplane/stun';
import { datagramPath, streamPath, TestTurnServer } from '../test-turn-server.ts';
import { fuzzClients } from './test-client-fuzz.ts';
import { corpus } from './test-corpus.ts';
import { fuzzParsers, parseErrorsMet } from './test-parser-fuzz.ts';
import { readAll, readInside } from './test-readers.ts';
import { ServerFuzz } from './test-server-fuzz.ts';
import { fuzzTexts } from './test-text-fuzz.ts';

test('the corpus: real clients and servers are understood, and nothing is read past the end', () => {
  assert.ok(corpus.length > 100, `${corpus.length} messages`);
  for (const { file, name, bytes } of corpus) {
    const read = readInside(bytes, 0xff);
    assert.deepEqual(readInside(bytes, 0), read, name);
    assert.deepEqual(readAll(bytes), read, name);
    const isWhole = file !== 'hostile.hex' && !/ChannelData|several messages|application data/.test(name);
    if (isWhole) assert.equal(parseStunMessage(bytes).ok, true, name);
  }
});

test('the corpus meets every reason to refuse a message', () => {
  const all = ['TOO_SHORT', 'NOT_STUN', 'WRONG_MAGIC_COOKIE', 'LENGTH_NOT_ALIGNED', 'LENGTH_MISMATCH', 'ATTRIBUTE_TRUNCATED', 'INTEGRITY_LENGTH', 'FINGERPRINT_LENGTH', 'FINGERPRINT_NOT_LAST', 'TOO_MANY_ATTRIBUTES'];
  assert.deepEqual([...parseErrorsMet()].sort(), all.sort());
});

/** A datagram costs its headers too: 20 bytes of IPv4 and 8 of UDP. */
const wire = (bytes: Uint8Array): number => bytes.length + 28;

test('no stranger gets more than three times what it sent: Binding, challenges, refusals', () => {
  const builder = new MessageBuilder(new Uint8Array(512));
  let answers = 0;
  for (const source of [transportAddress(ipv4Address(0x01020304), 5), transportAddress(ipv6Address(1, 2, 3, 4), 5)]) {
    for (const { name, bytes } of corpus) {
      const parsed = parseStunMessage(bytes);
      const answer = parsed.ok ? answerBinding(parsed.value, { source, local: source, other: source }, builder) : undefined;
      if (answer === undefined) continue;
      answers += 1;
      assert.ok(wire(answer.bytes) <= 3 * wire(bytes), `${name}: ${answer.bytes.length} bytes`);
    }
  }
  const bench = new TestTurnServer();
  for (const path of [datagramPath(), streamPath()]) {
    for (const { name, bytes } of corpus) {
      bench.send(path, bytes);
      const sent = bench.takenOf('sendToClient');
      answers += sent.length;
      assert.ok(sent.length <= 1 && sent.every((output) => wire(output.bytes) <= 3 * wire(bytes)), name);
    }
  }
  assert.ok(answers > 50, `${answers} answers`);
  assert.equal(bench.server.allocationCount, 0);
});

test('mutants of the corpus: every parser answers, whatever lies around the message', (context) => {
  const report = fuzzParsers(1, 3000);
  context.diagnostic(JSON.stringify(report));
  assert.ok(report.shapes > 100);
});

test('texts: URIs, addresses and opaque strings of any kind are read or refused', () => {
  const report = fuzzTexts(1, 5000);
  for (const [parser, read] of report) assert.ok(read > 20, `${parser} read ${read} texts`);
});

test('a hostile world makes the server neither fail nor keep anything', (context) => {
  const report = new ServerFuzz(1).run(8000);
  context.diagnostic(JSON.stringify({ kept: report.kept, answers: Object.fromEntries(report.answers) }));
  assert.equal(report.kept.after, report.kept.before);
  for (const answer of ['3 success ', '4 success ', '8 success ', '9 success ', '10 success ', '7 indication ', 'ChannelData', '3 error 401', '3 error 438', '3 error 508', '8 error 403', '9 error 441', '10 error 446', '10 error 447']) {
    assert.ok(report.answers.has(answer), `never answered ${answer}`);
  }
});

test('a hostile server makes the client neither fail nor wait for ever', (context) => {
  const { outputs, mostKept } = fuzzClients(1, 400);
  context.diagnostic(JSON.stringify({ mostKept, outputs: Object.fromEntries(outputs) }));
  assert.ok(mostKept < 200, `a client keeps ${mostKept} things`);
  for (const output of ['allocated', 'permitted', 'channelBound', 'data', 'peerConnected', 'connectionAttempt', 'ended timedOut', 'ended integrityViolated', 'ended STUN_BID_DOWN', 'ended STUN_CHALLENGE_UNUSABLE']) assert.ok(outputs.has(output), output);
});
