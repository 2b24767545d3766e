import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdvancedFilter } from '@dialplane/calling-api';
import { passes } from './event-filter.ts';

const call = { from: '8:acs:r_Alice', to: '8:acs:r_bob' };
const by = (operatorType: AdvancedFilter['operatorType'], key: string, ...values: string[]): boolean => passes({ advancedFilters: [{ operatorType, key, values }] }, call);

test('without a filter every call passes; a subject is compared by how it begins and ends', () => {
  assert.ok(passes(undefined, call) && passes({}, call));
  assert.ok(passes({ subjectBeginsWith: '/CALLER/8:acs:r_alice/', subjectEndsWith: '/recipient/8:acs:r_Bob' }, call));
  assert.ok(!passes({ subjectBeginsWith: '/caller/8:acs:r_alice/', isSubjectCaseSensitive: true }, call));
  assert.ok(!passes({ subjectEndsWith: '/recipient/8:acs:r_carol' }, call));
});

test('each operator takes any of its values whatever their case, and its negation none of them', () => {
  for (const [operator, fitting, other] of [['In', '8:ACS:r_bob', '8:acs:r_bo'], ['BeginsWith', '8:acs:R_', '8:acs:x'], ['EndsWith', '_BOB', 'bo'], ['Contains', 'S:r', 'carol']] as const) {
    for (const values of [[fitting], [other, fitting]]) assert.deepEqual([by(`String${operator}`, 'data.to.rawId', ...values), by(`StringNot${operator}`, 'data.to.rawId', ...values)], [true, false], operator);
    assert.deepEqual([by(`String${operator}`, 'data.to.rawId', other), by(`StringNot${operator}`, 'data.to.rawId', other)], [false, true], operator);
  }
});

test('every property of both parties can be asked for; one that is not there fits nothing', () => {
  assert.ok(by('StringIn', 'data.from.communicationUser.id', '8:acs:r_alice') && by('StringIn', 'data.from.kind', 'communicationUser') && by('StringContains', 'subject', '/recipient/') && by('StringIn', 'eventType', 'Microsoft.Communication.IncomingCall'));
  assert.deepEqual([by('StringContains', 'data.from.phoneNumber.value', '+'), by('StringNotContains', 'data.from.phoneNumber.value', '+')], [false, true]);
  assert.ok(!by('StringIn', 'data.constructor.name', 'Object'));
});

test('all filters of a subscription have to hold', () => {
  const toBob: AdvancedFilter = { operatorType: 'StringIn', key: 'data.to.rawId', values: ['8:acs:r_bob'] };
  const notByAlice: AdvancedFilter = { operatorType: 'StringNotIn', key: 'data.from.rawId', values: ['8:acs:r_alice'] };
  assert.ok(passes({ advancedFilters: [toBob] }, call) && !passes({ advancedFilters: [toBob, notByAlice] }, call));
  assert.ok(!passes({ advancedFilters: [toBob], subjectEndsWith: 'carol' }, call));
});
