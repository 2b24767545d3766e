import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv } from './csv.ts';

test('rows share one header, and a field that a row lacks is empty', () => {
  assert.equal(toCsv([{ a: 1, b: 'x' }, { a: 2, c: true }]), 'a,b,c\r\n1,x,\r\n2,,true\r\n');
  assert.equal(toCsv([]), '');
});

test('quotes, commas and line ends are quoted, objects become JSON', () => {
  assert.equal(toCsv([{ a: 'say "hi", you', b: 'two\nlines', c: { x: 1 } }]), 'a,b,c\r\n"say ""hi"", you","two\nlines","{""x"":1}"\r\n');
});

test('a name that is a formula stays text, and a negative number a number', () => {
  assert.equal(toCsv([{ name: '=HYPERLINK("http://x")', phone: '+1555', loss: -1 }]), `name,phone,loss\r\n"'=HYPERLINK(""http://x"")",'+1555,-1\r\n`);
});
