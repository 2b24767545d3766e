import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responseTo } from '../message/response-to.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { sdp, textOf, TwoAgents } from './test-agents.ts';

/** Alice alone, and a proxy on the wire that has forked her INVITE to several telephones. */
class Fork {
  readonly agents = new TwoAgents();

  constructor() {
    this.agents.passes = () => false;
    this.agents.call();
    this.agents.steps();
  }

  answer(status: number, branch: string, headers: ReadonlyArray<readonly [string, string]> = [], description?: string, request = this.agents.latest('INVITE')): void {
    assert.ok(request.kind === 'request');
    const contact = status < 300 ? ([['Contact', `<sip:${branch}@192.0.2.9>`]] as const) : [];
    const content = description === undefined ? [] : ([['Content-Type', 'application/sdp']] as const);
    this.agents.receive('alice', responseTo(request, status, { toTag: branch, headers: [...contact, ...headers, ...content], ...(description === undefined ? {} : { body: sdp(description) }) }));
  }

  /** Requests that Alice has sent, with where they go. */
  sent(): string[] {
    const count = this.agents.steps().length;
    return this.agents.messages.slice(-count).flatMap((message) => (count > 0 && message.kind === 'request' ? [`${message.method} ${message.uri}`] : []));
  }
}

test('each branch of a forked INVITE is an early dialog with an answer of its own; the first 200 wins, others are hung up', () => {
  const fork = new Fork();
  fork.answer(180, 'desk');
  fork.answer(183, 'mobile', [['Require', '100rel'], ['RSeq', '7']], 'answer of mobile');
  fork.answer(183, 'desk', [], 'preview of desk');
  assert.deepEqual(fork.agents.events('alice').map((event) => (event.kind === 'progressed' ? [event.response.status, event.earlyDialog, event.description?.kind] : event.kind)), [
    [180, 'desk', undefined],
    [183, 'mobile', 'answer'],
    [183, 'desk', 'preview'],
  ]);
  assert.equal(fork.agents.alice.statistics.dialogs, 2);
  assert.deepEqual(fork.sent(), ['PRACK sip:mobile@192.0.2.9']);
  fork.answer(200, 'desk', [], 'answer of desk');
  const answered = fork.agents.event('alice', 'answered');
  assert.deepEqual([answered.earlyDialog, textOf(answered.description?.bytes)], ['desk', 'answer of desk']);
  assert.equal(fork.agents.alice.statistics.dialogs, 1);
  fork.answer(200, 'mobile', [], 'answer of mobile');
  fork.answer(200, 'desk', [], 'answer of desk');
  fork.answer(200, 'latecomer', [], 'answer of latecomer');
  fork.answer(200, 'mobile', [], 'answer of mobile');
  assert.deepEqual(fork.sent(), ['ACK sip:desk@192.0.2.9', 'ACK sip:mobile@192.0.2.9', 'BYE sip:mobile@192.0.2.9', 'ACK sip:desk@192.0.2.9', 'ACK sip:latecomer@192.0.2.9', 'BYE sip:latecomer@192.0.2.9', 'ACK sip:mobile@192.0.2.9']);
  assert.deepEqual(fork.agents.events('alice'), []);
  fork.agents.do('alice', { kind: 'end', sessionId: 'a' });
  fork.agents.assertNothingLeft();
});

test('when all branches refuse the early dialogs are gone', () => {
  const fork = new Fork();
  fork.answer(180, 'desk');
  fork.answer(180, 'mobile');
  fork.answer(486, 'desk');
  assert.equal(fork.agents.event('alice', 'ended').end.status, 486);
  assert.equal(fork.agents.alice.statistics.dialogs, 0);
  fork.agents.assertNothingLeft();
});

test('after a cancelled call each 200 that comes all the same is acknowledged and hung up; the session ends once', () => {
  const fork = new Fork();
  fork.answer(180, 'desk');
  fork.agents.do('alice', { kind: 'end', sessionId: 'a' });
  fork.answer(200, 'desk', [], 'answer');
  fork.answer(200, 'mobile', [], 'answer');
  assert.deepEqual(fork.sent().slice(0, 5), ['CANCEL sip:bob@192.0.2.2', 'ACK sip:desk@192.0.2.9', 'BYE sip:desk@192.0.2.9', 'ACK sip:mobile@192.0.2.9', 'BYE sip:mobile@192.0.2.9']);
  fork.agents.assertNothingLeft();
  assert.deepEqual(fork.agents.events('alice').map((event) => event.kind), ['progressed', 'ended']);
});

test('a proxy that makes up branches without end grows nothing beyond the limit, and its answer still counts', () => {
  const fork = new Fork();
  for (let branch = 0; branch < 100; branch += 1) fork.answer(180, `branch-${branch}`);
  assert.equal(fork.agents.alice.statistics.dialogs, 16);
  fork.answer(200, 'branch-99', [], 'answer');
  assert.equal(fork.agents.event('alice', 'answered').earlyDialog, 'branch-99');
  fork.agents.do('alice', { kind: 'end', sessionId: 'a' });
  fork.agents.assertNothingLeft();
});

test('the dialog takes its route from the 200, and strict routers get the Request-URI (RFC 3261 §12.2.1.1)', () => {
  const fork = new Fork();
  fork.answer(180, 'desk', [['Record-Route', '<sip:old.example.com;lr>']]);
  fork.answer(200, 'desk', [['Record-Route', '<sip:last.example.com;lr>'], ['Record-Route', '<sip:first.example.com>']], 'answer');
  const ack = fork.agents.latest('ACK');
  assert.ok(ack.kind === 'request');
  assert.equal(ack.uri, 'sip:first.example.com');
  assert.deepEqual(ack.headers.all('Route'), ['<sip:last.example.com;lr>', '<sip:desk@192.0.2.9>']);
  fork.agents.do('alice', { kind: 'end', sessionId: 'a' });
  fork.agents.assertNothingLeft();
});

test('a 200 without description to an INVITE with offer is acknowledged and hung up', () => {
  const fork = new Fork();
  fork.answer(200, 'desk');
  assert.deepEqual(fork.sent(), ['ACK sip:desk@192.0.2.9', 'BYE sip:desk@192.0.2.9']);
  assert.equal(fork.agents.event('alice', 'ended').end.cause, 'noAgreement');
  fork.agents.assertNothingLeft();
});

test('reliable responses out of order are left alone until their turn (RFC 3262 §4)', () => {
  const fork = new Fork();
  for (const number of ['5', '7', '5', '6']) fork.answer(180, 'desk', [['Require', '100rel'], ['RSeq', number]]);
  assert.deepEqual(fork.agents.events('alice').length, 2);
  assert.deepEqual(fork.sent().length, 2);
  fork.answer(486, 'desk');
  fork.agents.assertNothingLeft();
});

test('an INVITE that is challenged goes again with credentials and the next CSeq, its ACK has them too; a second challenge ends it', () => {
  const agents = new TwoAgents();
  agents.passes = () => false;
  agents.call({ credentials: { username: 'alice', password: 'secret' } });
  const challenge = (request: SipRequest, nonce: string): void => agents.receive('alice', responseTo(request, 407, { toTag: 'p', headers: [['Proxy-Authenticate', `Digest realm="example.com", nonce="${nonce}", qop="auth"`]] }));
  const [first] = agents.messages;
  assert.ok(first?.kind === 'request');
  challenge(first, 'one');
  const second = agents.latest('INVITE');
  assert.ok(second.kind === 'request');
  assert.equal(Number.parseInt(second.headers.first('CSeq') ?? '', 10), Number.parseInt(first.headers.first('CSeq') ?? '', 10) + 1);
  assert.match(second.headers.first('Proxy-Authorization') ?? '', /nonce="one"/);
  assert.equal(second.headers.first('From'), first.headers.first('From'));
  challenge(second, 'two');
  assert.equal(agents.event('alice', 'ended').end.status, 407);
  agents.assertNothingLeft();
});

test('a 200 that crosses our UPDATE is the answer to the INVITE, not to the UPDATE (RFC 6337 §4.1)', () => {
  const fork = new Fork();
  fork.answer(183, 'desk', [['Require', '100rel'], ['RSeq', '1'], ['Allow', 'INVITE, ACK, BYE, UPDATE']], 'answer');
  fork.agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
  fork.answer(200, 'desk');
  const update = fork.agents.latest('UPDATE');
  assert.ok(update.kind === 'request');
  fork.answer(200, 'desk', [], 'changed', update);
  assert.deepEqual(fork.agents.events('alice').map((event) => (event.kind === 'answerReceived' ? textOf(event.description) : event.kind)), ['progressed', 'answered', 'changed']);
  fork.agents.do('alice', { kind: 'end', sessionId: 'a' });
  fork.agents.assertNothingLeft();
});

test('a proxy that makes up answers without end is answered as often as there is room', () => {
  const fork = new Fork();
  for (let branch = 0; branch < 500; branch += 1) fork.answer(200, `branch-${branch}`, [], 'answer');
  assert.equal(fork.sent().filter((message) => message.startsWith('BYE')).length, 31);
  fork.agents.do('alice', { kind: 'end', sessionId: 'a' });
  fork.agents.assertNothingLeft();
});
