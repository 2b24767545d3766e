import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestClock } from '../test-clock.ts';
import { testToken } from '../test-scripted-server.ts';
import { TokenKeeper } from './token-keeper.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A keeper whose credential gives `token`, or fails where that is undefined. */
function keeper(lifeMs: number) {
  const clock = new TestClock();
  const state = { token: testToken(clock.wallClock() + lifeMs, 'first') as string | undefined, asked: 0, replaced: 0, expired: 0 };
  const tokens = new TokenKeeper({
    credential: {
      getToken: async () => {
        state.asked += 1;
        if (state.token === undefined) throw new Error('The application cannot be reached.');
        return { token: state.token };
      },
      dispose: () => {},
    },
    clock,
    onReplaced: () => {
      state.replaced += 1;
    },
    onExpired: () => {
      state.expired += 1;
    },
  });
  return { clock, state, tokens };
}

test('the credential is asked again two minutes before the token expires, and its next token is watched in turn', async () => {
  const { clock, state, tokens } = keeper(60 * minute);
  await tokens.getToken();
  await clock.advance(58 * minute - 1);
  assert.equal(state.asked, 1);
  state.token = testToken(clock.wallClock() + 60 * minute, 'second');
  await clock.advance(1);
  assert.deepEqual(state, { ...state, asked: 2, replaced: 1, expired: 0 });
  await clock.advance(57 * minute);
  assert.equal(state.asked, 2);
  await clock.advance(minute);
  assert.equal(state.asked, 3);
});

test('a credential that fails, or has nothing newer, is asked until the token has expired, and then no more', async () => {
  const { clock, state, tokens } = keeper(60 * minute);
  await tokens.getToken();
  await clock.advance(58 * minute);
  state.token = undefined;
  await clock.advance(2 * minute - 1);
  assert.deepEqual(state, { ...state, asked: 13, replaced: 0, expired: 0 });
  await clock.advance(1);
  assert.equal(state.expired, 1);
  await clock.advance(day);
  assert.equal(state.expired, 1);
  assert.equal(state.asked, 14);
});

test('a token that comes at the last moment saves the endpoint', async () => {
  const { clock, state, tokens } = keeper(60 * minute);
  await tokens.getToken();
  await clock.advance(59 * minute + 45_000);
  state.token = testToken(clock.wallClock() + 60 * minute, 'late');
  await clock.advance(30_000);
  assert.deepEqual(state, { ...state, replaced: 1, expired: 0 });
});

test('a short token is renewed at half of its life, a very long one not before its time', async () => {
  const short = keeper(minute);
  await short.tokens.getToken();
  await short.clock.advance(29_999);
  assert.equal(short.state.asked, 1);
  await short.clock.advance(1);
  assert.equal(short.state.asked, 2);

  const long = keeper(60 * day);
  await long.tokens.getToken();
  await long.clock.advance(60 * day - 3 * minute);
  assert.equal(long.state.asked, 1);
  await long.clock.advance(minute);
  assert.equal(long.state.asked, 2);
});

test('a closed keeper asks nobody', async () => {
  const { clock, state, tokens } = keeper(60 * minute);
  await tokens.getToken();
  tokens.close();
  await clock.advance(day);
  assert.deepEqual(state, { ...state, asked: 1, expired: 0 });
});

test('a refused token is replaced only by another one', async () => {
  const { state, tokens } = keeper(60 * minute);
  const first = await tokens.getToken();
  assert.equal(await tokens.replaceToken(first), undefined);
  state.token = undefined;
  assert.equal(await tokens.replaceToken(first), undefined);
  state.token = testToken(Date.now() + minute, 'other');
  assert.equal(await tokens.replaceToken(first), state.token);
});
