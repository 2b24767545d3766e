import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { acceptsCsv, csvTable, nextPageLink } from './csv-table.ts';

test('a column per field of the schema, in its order; what would break a line is quoted', () => {
  const list = Type.Object({ value: Type.Array(Type.Object({ name: Type.String(), count: Type.Integer(), all: Type.Array(Type.String()) })), nextCursor: Type.Optional(Type.String()) });
  const value = [{ all: ['a', 'b'], count: 0, name: 'plain' }, { name: 'say "hi", then\nleave' }];
  assert.equal(csvTable(list, { value }), 'name,count,all\r\nplain,0,a b\r\n"say ""hi"", then\nleave",,\r\n');
  assert.equal(csvTable(list, { value: [] }), 'name,count,all\r\n');
});

test('who asks for CSV gets it', () => {
  for (const accept of ['text/csv', 'application/json;q=0.5, text/csv', 'TEXT/CSV; header=present']) assert.ok(acceptsCsv(accept), accept);
  for (const accept of [undefined, '', '*/*', 'application/json', 'text/csv-schema', 'x-text/csv']) assert.ok(!acceptsCsv(accept), String(accept));
});

test('the next page is the same question from another place', () => {
  assert.equal(nextPageLink('/v1/relay/usage', '1.0.a'), '</v1/relay/usage?cursor=1.0.a>; rel="next"');
  assert.equal(nextPageLink('/v1/relay/usage?limit=2&cursor=old', '1.0.a b'), '</v1/relay/usage?limit=2&cursor=1.0.a+b>; rel="next"');
});
