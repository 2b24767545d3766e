import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupLink, typedGroupId } from './group-link.ts';

const groupId = '7f3b2a52-8f3e-4a54-9a6f-0b6b7f2f5a11';

test('a link holds its group id, also with words around it', () => {
  const link = groupLink('https://calls.example', groupId);
  assert.equal(link, `https://calls.example/#/groups/${groupId}`);
  assert.equal(typedGroupId(`Join us: ${link} at ten`), groupId);
  assert.equal(typedGroupId(groupId.toUpperCase()), groupId);
});

test('what holds no group id is none', () => {
  for (const text of ['', 'hello', groupId.slice(1), 'https://calls.example/#/groups/']) assert.equal(typedGroupId(text), undefined);
});
