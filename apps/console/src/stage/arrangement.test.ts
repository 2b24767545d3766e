import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange, columnsOf, type Company, type Floor } from './arrangement.ts';

const of = (count: number, more: Partial<Company> = {}): Company => ({
  participants: Array.from({ length: count }, (_, index) => ({ rawId: `p${index + 1}`, hasVideo: index === count - 1 })), dominant: [], spotlighted: [], ...more,
});
const room = { tiles: 25, pictures: 9 };
const ids = ({ main, strip, hidden }: Floor): string => `${main.map(({ rawId }) => rawId).join(' ')} | ${strip.map(({ rawId }) => rawId).join(' ')} | ${hidden}`;

test('a gallery shows everybody alike, in the order of the roster', () => {
  assert.equal(ids(arrange(of(3, { dominant: ['p3'] }), 'gallery', room)), 'p1 p2 p3 |  | 0');
});

test('who speaks is large in the view for that, the first one before anybody has spoken', () => {
  assert.equal(ids(arrange(of(3, { dominant: ['p2', 'p1'] }), 'speaker', room)), 'p2 | p1 p3 | 0');
  assert.equal(ids(arrange(of(3), 'speaker', room)), 'p1 | p2 p3 | 0');
  assert.equal(ids(arrange(of(0), 'speaker', room)), ' |  | 0');
});

test('the spotlight comes before the speaker, and a screen before both', () => {
  const company = of(3, { dominant: ['p1'], spotlighted: ['p3', 'p2'] });
  assert.equal(ids(arrange(company, 'speaker', room)), 'p3 p2 | p1 | 0');
  const shared = arrange({ ...company, sharer: 'p2' }, 'gallery', room);
  assert.deepEqual(shared.main, [{ rawId: 'p2', shows: 'ScreenSharing' }]);
  assert.equal(ids(shared), 'p2 | p1 p2 p3 | 0');
});

test('of more people than fit, those who spoke last and those with a picture are shown', () => {
  assert.equal(ids(arrange(of(6, { dominant: ['p4', 'gone'] }), 'gallery', { tiles: 3, pictures: 9 })), 'p1 p4 p6 |  | 3');
});

test('people whose pictures are too many are shown without', () => {
  const company = of(4, { dominant: ['p4', 'p1'] });
  const all = { ...company, participants: company.participants.map(({ rawId }) => ({ rawId, hasVideo: rawId !== 'p2' })) };
  const { main, hidden } = arrange(all, 'gallery', { tiles: 25, pictures: 2 });
  assert.deepEqual(main.map(({ rawId, shows }) => [rawId, shows]), [['p1', 'Video'], ['p2', 'Video'], ['p3', 'Avatar'], ['p4', 'Video']]);
  assert.equal(hidden, 0);
  assert.deepEqual(arrange(all, 'speaker', { tiles: 25, pictures: 0 }).main, [{ rawId: 'p4', shows: 'Video' }], 'one picture in any case');
});

test('a grid is as square as it can be, and a phone has two columns at most', () => {
  assert.deepEqual([1, 2, 4, 5, 9, 10].map((count) => columnsOf(count, false)), [1, 2, 2, 3, 3, 4]);
  assert.deepEqual([1, 3, 4, 9].map((count) => columnsOf(count, true)), [1, 1, 2, 2]);
});
