import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InviteCommand } from './user-agent-command.ts';
import { sdp, TwoAgents } from './test-agents.ts';

/** What the callee does, in order, 100 ms apart. */
type Move =
  | { readonly kind: 'progress'; readonly status: number; readonly media?: 'media' }
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string; readonly header?: readonly [string, string] }
  | { readonly kind: 'callerEnds' | 'calleeEnds' | 'wait' | 'callerAnswers' | 'callerMoves' };

interface Flow {
  readonly title: string;
  readonly call?: Partial<InviteCommand>;
  readonly hasNoOffer?: true;
  readonly moves: readonly Move[];
  /** Messages as the RFC draws them between the two user agents, without those of the proxies. */
  readonly ladder: readonly string[];
  /** How the caller's and the callee's sessions end. */
  readonly ends: readonly [string, string];
}

const ring: Move = { kind: 'progress', status: 180 };
const answered = ['alice > INVITE', 'bob > 180 INVITE', 'bob > 200 INVITE', 'alice > ACK'];
const unreliable: Partial<InviteCommand> = { reliable: 'none' };

const flows: readonly Flow[] = [
  { title: 'RFC 3665 §3.1 and §3.2: established, hung up by the callee', moves: [ring, { kind: 'accept' }, { kind: 'calleeEnds' }], ladder: [...answered, 'bob > BYE', 'alice > 200 BYE'], ends: ['remote hungUp', 'local hungUp'] },
  {
    title: 'RFC 3665 §3.6: the description comes with the ACK', call: unreliable, hasNoOffer: true,
    moves: [ring, { kind: 'accept' }, { kind: 'callerAnswers' }, { kind: 'callerEnds' }],
    ladder: [...answered, 'alice > BYE', 'bob > 200 BYE'], ends: ['local hungUp', 'remote hungUp'],
  },
  {
    title: 'RFC 3665 §3.7: the caller moves, by re-INVITE', moves: [ring, { kind: 'accept' }, { kind: 'callerMoves' }, { kind: 'calleeEnds' }],
    ladder: [...answered, 'alice > INVITE', 'bob > 200 INVITE', 'alice > ACK', 'bob > BYE', 'alice > 200 BYE'], ends: ['remote hungUp', 'local hungUp'],
  },
  {
    title: 'RFC 3665 §3.8: nobody answers, the caller gives up', moves: [ring, { kind: 'callerEnds' }],
    ladder: ['alice > INVITE', 'bob > 180 INVITE', 'alice > CANCEL', 'bob > 200 CANCEL', 'bob > 487 INVITE', 'alice > ACK'], ends: ['local cancelled 487', 'remote cancelled'],
  },
  { title: 'RFC 3665 §3.9: busy', moves: [{ kind: 'refuse', status: 486 }], ladder: ['alice > INVITE', 'bob > 486 INVITE', 'alice > ACK'], ends: ['remote refused 486', 'local refused 486'] },
  {
    title: 'RFC 3665 §3.11: temporarily unavailable', moves: [ring, { kind: 'refuse', status: 480, header: ['Retry-After', '60'] }],
    ladder: ['alice > INVITE', 'bob > 180 INVITE', 'bob > 480 INVITE', 'alice > ACK'], ends: ['remote refused 480', 'local refused 480'],
  },
  {
    title: 'RFC 3666 §2.1: into the telephone network, with early media', call: unreliable,
    moves: [{ kind: 'progress', status: 183, media: 'media' }, { kind: 'accept' }, { kind: 'callerEnds' }],
    ladder: ['alice > INVITE', 'bob > 183 INVITE', 'bob > 200 INVITE', 'alice > ACK', 'alice > BYE', 'bob > 200 BYE'], ends: ['local hungUp', 'remote hungUp'],
  },
  {
    title: 'RFC 3666 §2.5: an announcement of the network, then the caller gives up', call: unreliable,
    moves: [{ kind: 'progress', status: 183, media: 'media' }, { kind: 'wait' }, { kind: 'callerEnds' }],
    ladder: ['alice > INVITE', 'bob > 183 INVITE', 'alice > CANCEL', 'bob > 200 CANCEL', 'bob > 487 INVITE', 'alice > ACK'], ends: ['local cancelled 487', 'remote cancelled'],
  },
  {
    title: 'RFC 3666 §2.6: released by the network with a cause', moves: [{ kind: 'refuse', status: 404, reason: 'Unallocated number', header: ['Reason', 'Q.850 ;cause=1'] }],
    ladder: ['alice > INVITE', 'bob > 404 INVITE', 'alice > ACK'], ends: ['remote refused 404 Q.850 ;cause=1', 'local refused 404'],
  },
  {
    title: 'RFC 3666 §2.7: the network never answers', call: unreliable, moves: [{ kind: 'progress', status: 183, media: 'media' }, { kind: 'refuse', status: 480 }],
    ladder: ['alice > INVITE', 'bob > 183 INVITE', 'bob > 480 INVITE', 'alice > ACK'], ends: ['remote refused 480', 'local refused 480'],
  },
  { title: 'RFC 3666 §3.2: from the telephone network, answered at once', moves: [{ kind: 'accept' }, { kind: 'calleeEnds' }], ladder: ['alice > INVITE', 'bob > 200 INVITE', 'alice > ACK', 'bob > BYE', 'alice > 200 BYE'], ends: ['remote hungUp', 'local hungUp'] },
  { title: 'RFC 3666 §3.5: the called user is busy everywhere', moves: [{ kind: 'refuse', status: 600 }], ladder: ['alice > INVITE', 'bob > 600 INVITE', 'alice > ACK'], ends: ['remote refused 600', 'local refused 600'] },
];

for (const flow of flows) {
  test(flow.title, () => {
    const agents = new TwoAgents();
    if (flow.hasNoOffer === true) agents.callWithoutOffer(flow.call);
    else agents.call(flow.call);
    agents.pass(20);
    const { sessionId } = agents.event('bob', 'incoming');
    for (const move of flow.moves) {
      perform(agents, sessionId, move);
      agents.pass(100);
    }
    agents.pass(1000);
    assert.deepEqual(agents.steps(), flow.ladder);
    assert.deepEqual([endOf(agents, 'alice'), endOf(agents, 'bob')], flow.ends);
    agents.assertNothingLeft();
  });
}

function perform(agents: TwoAgents, sessionId: string, move: Move): void {
  switch (move.kind) {
    case 'progress':
      return agents.do('bob', { kind: 'progress', sessionId, status: move.status, ...(move.media === undefined ? {} : { description: sdp('answer') }) });
    case 'accept':
      return agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
    case 'refuse':
      return agents.do('bob', { kind: 'refuse', sessionId, status: move.status, ...(move.reason === undefined ? {} : { reason: move.reason }), ...(move.header === undefined ? {} : { headers: [move.header] }) });
    case 'callerAnswers':
      return agents.do('alice', { kind: 'answerOffer', sessionId: 'a', description: sdp('answer') });
    case 'callerMoves':
      agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('elsewhere') });
      agents.pass(20);
      return agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('answer') });
    case 'callerEnds':
      return agents.do('alice', { kind: 'end', sessionId: 'a' });
    case 'calleeEnds':
      return agents.do('bob', { kind: 'end', sessionId });
    default:
  }
}

function endOf(agents: TwoAgents, who: 'alice' | 'bob'): string {
  const { by, cause, status, reasons } = agents.event(who, 'ended').end;
  return [by, cause, status, ...reasons].filter((part) => part !== undefined).join(' ');
}

test('RFC 3665 §3.10: a user agent that never responds is given up after 32 seconds', () => {
  const agents = new TwoAgents();
  agents.passes = () => false;
  agents.call();
  agents.pass(32_010);
  assert.deepEqual(agents.steps(), Array.from({ length: 7 }, () => 'alice × INVITE'));
  assert.equal(endOf(agents, 'alice'), 'network noResponse 408');
});
