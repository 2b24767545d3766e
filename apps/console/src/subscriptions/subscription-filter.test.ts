import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFilter } from '@dialplane/calling-api';
import { draftOf, filterOf, filterText, type FilterDraft } from './subscription-filter.ts';

const bob = '8:acs:r_bob';
const directory = [{ identifier: bob, displayName: 'Bob Kahn', isOnline: true }];

test('what is typed becomes a filter, and the filter becomes what was typed', () => {
  const drafts: ReadonlyArray<readonly [FilterDraft, EventFilter]> = [
    [{ kind: 'all' }, {}],
    [{ kind: 'to', names: 'Bob Kahn' }, { advancedFilters: [{ operatorType: 'StringIn', key: 'data.to.rawId', values: [bob] }] }],
    [{ kind: 'from', names: '8:acs:r_gone' }, { advancedFilters: [{ operatorType: 'StringIn', key: 'data.from.rawId', values: ['8:acs:r_gone'] }] }],
    [{ kind: 'subject', beginsWith: '', endsWith: `/recipient/${bob}` }, { subjectEndsWith: `/recipient/${bob}` }],
  ];
  for (const [draft, filter] of drafts) {
    assert.deepEqual(filterOf(draft, directory), filter);
    assert.deepEqual(draftOf(filter, directory), draft);
  }
});

test('a filter that has no fields here is kept as it is', () => {
  const filters: readonly EventFilter[] = [
    { advancedFilters: [{ operatorType: 'StringNotIn', key: 'data.to.rawId', values: [bob] }] },
    { subjectEndsWith: 'x', isSubjectCaseSensitive: true },
    { subjectEndsWith: 'x', advancedFilters: [{ operatorType: 'StringIn', key: 'data.to.rawId', values: [bob] }] },
  ];
  for (const filter of filters) assert.deepEqual(filterOf(draftOf(filter, directory), directory), filter);
});

test('nobody is no filter', () => {
  const drafts: readonly FilterDraft[] = [{ kind: 'to', names: '' }, { kind: 'from', names: 'Nobody' }, { kind: 'subject', beginsWith: ' ', endsWith: '' }];
  for (const draft of drafts) assert.equal(filterOf(draft, directory), undefined);
});

test('filters in words', () => {
  assert.equal(filterText(undefined, directory), 'every call');
  assert.equal(filterText({ subjectBeginsWith: '/caller/4:', advancedFilters: [{ operatorType: 'StringNotIn', key: 'data.to.rawId', values: [bob] }] }, directory), 'calls whose subject begins with /caller/4: and not to Bob Kahn');
  assert.equal(filterText({ advancedFilters: [{ operatorType: 'StringBeginsWith', key: 'data.from.rawId', values: ['8:'] }] }, directory), 'calls with StringBeginsWith 8: of data.from.rawId');
});
