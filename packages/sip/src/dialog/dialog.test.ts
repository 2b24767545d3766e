import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responseTo } from '../message/response-to.ts';
import { answerTo, requestOf } from '../transaction/test-messages.ts';
import { Dialog } from './dialog.ts';

const routes = ['Record-Route: <sip:p2.example.com;lr>', 'Record-Route: <sip:p1.example.com;lr>', 'Contact: <sip:alice@192.0.2.1:5070>'];

test('the callee goes back the way the INVITE has come, to its Contact (RFC 3261 §12.1.1)', () => {
  const invite = requestOf('INVITE', 'z9hG4bK1', ...routes);
  const dialog = Dialog.ofCallee(invite, 'mine', 'sip:bob@192.0.2.2', 41);
  const bye = dialog.request('BYE');
  assert.equal(bye.uri, 'sip:alice@192.0.2.1:5070');
  assert.deepEqual([...bye.headers.entries()], [
    ['Route', '<sip:p2.example.com;lr>'],
    ['Route', '<sip:p1.example.com;lr>'],
    ['Max-Forwards', '70'],
    ['From', '<sip:bob@biloxi.example.com>;tag=mine'],
    ['To', '<sip:alice@atlanta.example.com>;tag=9fxced76sl'],
    ['Call-ID', '3848276298220188511@atlanta.example.com'],
    ['CSeq', '42 BYE'],
  ]);
});

test('the caller goes the other way round; its ACK has the number of the INVITE (RFC 3261 §12.1.2, §13.2.2.4)', () => {
  const invite = requestOf('INVITE', 'z9hG4bK1');
  const headers = [['Record-Route', '<sip:p2.example.com;lr>, <sip:p1.example.com;lr>'], ['Contact', '<sip:bob@192.0.2.2;transport=tcp>']] as const;
  const dialog = Dialog.ofCaller(invite, responseTo(invite, 180, { toTag: 'theirs', headers }), 'sip:alice@192.0.2.1');
  assert.ok(dialog?.state === 'early');
  const update = dialog.request('UPDATE');
  assert.deepEqual([update.uri, update.headers.all('Route'), update.headers.first('CSeq')], ['sip:bob@192.0.2.2;transport=tcp', ['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>'], '2 UPDATE']);
  dialog.confirm(responseTo(invite, 200, { toTag: 'theirs', headers: [['Contact', '<sip:bob@192.0.2.9>']] }));
  const ack = dialog.ack(1);
  assert.deepEqual([dialog.state, ack.uri, ack.headers.all('Route'), ack.headers.first('CSeq'), ack.headers.first('To')], ['confirmed', 'sip:bob@192.0.2.9', [], '1 ACK', '<sip:bob@biloxi.example.com>;tag=theirs']);
  assert.deepEqual(dialog.replaces, { callId: '3848276298220188511@atlanta.example.com', toTag: 'theirs', fromTag: '9fxced76sl', isEarlyOnly: false });
});

test('a provisional response without tag founds no dialog; a 200 of RFC 2543, without tag and Contact, does', () => {
  const invite = requestOf('INVITE', 'z9hG4bK1');
  assert.equal(Dialog.ofCaller(invite, responseTo(invite, 180), 'sip:alice@192.0.2.1'), undefined);
  const dialog = Dialog.ofCaller(invite, responseTo(invite, 200), 'sip:alice@192.0.2.1');
  assert.deepEqual([dialog?.remoteTag, dialog?.request('BYE').uri], ['', 'sip:bob@biloxi.example.com']);
});

test('requests of the peer are in order as long as their numbers grow, with gaps (RFC 3261 §12.2.2)', () => {
  const dialog = Dialog.ofCaller(requestOf('INVITE', 'z9hG4bK1'), answerTo(requestOf('INVITE', 'z9hG4bK1'), 200), 'sip:alice@192.0.2.1');
  assert.ok(dialog !== undefined);
  const verdicts = [5, 5, 4, 9].map((number) => {
    const info = requestOf('INFO', 'z9hG4bK2');
    info.headers.set('CSeq', `${number} INFO`);
    return dialog.admit(info);
  });
  assert.deepEqual(verdicts, ['inOrder', 'outOfOrder', 'outOfOrder', 'inOrder']);
});

test('a target refresh moves the peer, and a message without Contact leaves it (RFC 3261 §12.2)', () => {
  const invite = requestOf('INVITE', 'z9hG4bK1', 'Contact: <sip:alice@192.0.2.1>');
  const dialog = Dialog.ofCallee(invite, 'mine', 'sip:bob@192.0.2.2', 1);
  dialog.refreshTarget(requestOf('INVITE', 'z9hG4bK2', 'Contact: <sip:alice@192.0.2.77>').headers);
  dialog.refreshTarget(requestOf('INVITE', 'z9hG4bK3').headers);
  assert.equal(dialog.request('BYE').uri, 'sip:alice@192.0.2.77');
});
