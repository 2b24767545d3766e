import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { Line } from './line.ts';
import { sdpBytes } from './sdp-text.ts';
import { attempt, far, identifier, place, response, sdpOf, TestLine } from './test-line.ts';

const options = { lineId: 'line', identifier };
const end = (status: number, reasonPhrase: string, reasons: readonly string[] = []) => ({ kind: 'ended' as const, end: { by: 'remote' as const, cause: 'refused' as const, status, reasonPhrase, reasons } });

function outgoing(...attempts: Parameters<typeof Line.outgoing>[1]): TestLine {
  return new TestLine(Line.outgoing(options, attempts, place, instant(0)));
}

function incoming(offer?: string, terms = {}): TestLine {
  const told = { kind: 'incoming', line: { lineId: 'line', from: identifier, to: '4:+12025550190', target: { kind: 'users', identifiers: ['8:acs:ada'] } } } as const;
  const line = new TestLine(Line.incoming(options, 'call', far('a.test', terms), offer === undefined ? undefined : sdpBytes(offer), told));
  assert.match(line.outputs().join(), /^tell incoming/);
  return line;
}

/** A line that talks. */
function answered(terms = {}): TestLine {
  const line = outgoing(attempt('a.test', terms));
  line.outputs();
  line.described('offer', 'our offer');
  line.session({ kind: 'answered', response: response(200, 'OK'), earlyDialog: '2', description: { kind: 'answer', bytes: sdpBytes('their answer') } });
  return line;
}

test('a call that is answered: our offer, ringing, early media, the answer; hung up by whom was called', () => {
  const line = outgoing(attempt('a.test'));
  assert.deepEqual(line.outputs(), ['tell routed {"trunk":"a.test","callerId":"+12025550190","why":"a.test is first."}', 'media openLeg conference/leg']);
  assert.deepEqual(line.described('offer', 'our offer'), ['session invite line/1 sip:+12025550100@a.test our offer']);
  assert.deepEqual(line.session({ kind: 'progressed', response: response(180, 'Ringing'), earlyDialog: '2' }), ['tell progress {"status":180,"hasEarlyMedia":false}']);
  assert.deepEqual(line.session({ kind: 'progressed', response: response(183, 'Session Progress'), earlyDialog: '2', description: { kind: 'preview', bytes: sdpBytes('early') } }),
    ['media describe conference/leg answer early', 'tell progress {"status":183,"hasEarlyMedia":true}']);
  assert.deepEqual(line.session({ kind: 'answered', response: response(200, 'OK'), earlyDialog: '2', description: { kind: 'answer', bytes: sdpBytes('their answer') } }),
    ['media describe conference/leg answer their answer', 'tell answered {}']);
  assert.deepEqual(line.session({ kind: 'ended', end: { by: 'remote', cause: 'hungUp', reasons: ['Q.850;cause=16;text="Normal call clearing"'] } }),
    ['media closeLeg conference/leg', 'tell ended {"end":{"by":"remote","reasonText":"Normal call clearing","q850":16}}']);
  assert.ok(line.line.isOver);
  assert.equal(line.line.pollTimeout(), undefined);
});

test('503 leads to the next trunk, and what that says is the end, its words unchanged', () => {
  const line = outgoing(attempt('a.test'), attempt('b.test'));
  line.outputs();
  line.described('offer', 'first');
  assert.deepEqual(line.session(end(503, 'Service Unavailable')), [
    'tell routed {"trunk":"b.test","callerId":"+12025550190","why":"b.test is first."}', 'media closeLeg conference/leg', 'media openLeg conference/leg']);
  assert.deepEqual(line.described('offer', 'second'), ['session invite line/2 sip:+12025550100@b.test second']);
  assert.deepEqual(line.session(end(486, 'Besetzt', ['Q.850;cause=17'])), ['media closeLeg conference/leg', 'tell ended {"end":{"by":"remote","status":486,"reasonText":"Besetzt","q850":17}}']);
});

test('nothing at all was heard of a trunk: what our own proxy says of it', () => {
  const line = outgoing({ ...attempt('a.test'), address: 'sip:a.test' });
  line.outputs();
  line.described('offer', 'first');
  const message = response(408, 'Request Timeout');
  message.headers.add('Warning', '399 dialplane-proxy "Nothing was heard from where the call was sent."');
  const { end: said } = end(408, 'Request Timeout');
  assert.deepEqual(line.session({ kind: 'ended', end: { ...said, message } }), ['silent a.test sip:a.test', 'media closeLeg conference/leg',
    'tell ended {"end":{"by":"network","status":408,"reasonText":"Request Timeout","sentence":"Nothing was heard from where the call was sent."}}']);
});

test('a redirection leads on, three times and never in a circle; what is not followed ends as it came', () => {
  const redirection = (status: number, ...targets: readonly string[]) => ({ kind: 'ended' as const, end: { by: 'remote' as const, cause: 'refused' as const, status, reasonPhrase: 'Moved', reasons: [], targets } });
  const calling = () => {
    const line = outgoing(attempt('a.test'));
    line.outputs();
    line.described('offer', 'first');
    return line;
  };
  const line = calling();
  assert.deepEqual(line.session(redirection(302, '<sip:elsewhere@a.test>')), ['redirected unconditional <sip:elsewhere@a.test>']);
  for (const [trunk, sessionId] of [['b.test', 'line/2'], ['c.test', 'line/3'], ['d.test', 'line/4']] as const) {
    assert.match(line.give({ kind: 'redirection', answer: { kind: 'ways', attempts: [attempt(trunk)] } }).join(), /^tell routed/);
    assert.deepEqual(line.described('offer', 'again'), [`session invite ${sessionId} sip:+12025550100@${trunk} again`]);
    line.session(redirection(300, '<sip:elsewhere@a.test>'));
  }
  assert.ok(line.line.isOver, 'a fourth time');
  const round = calling();
  round.session(redirection(302, '<sip:a@a.test>'));
  assert.match(round.give({ kind: 'redirection', answer: { kind: 'ways', attempts: [attempt('a.test')] } }).join(), /"status":302,.*in a circle/);
  const refused = calling();
  refused.session(redirection(302, '<sip:a@a.test>'));
  assert.match(refused.give({ kind: 'redirection', answer: { kind: 'refused', refusal: 'NUMBER_BARRED', sentence: 'No.' } }).join(), /"refusal":"NUMBER_BARRED","sentence":"No."/);
  const dull = calling();
  dull.session(redirection(305, '<sip:a@a.test>'));
  assert.match(dull.give({ kind: 'redirection', answer: { kind: 'notFollowed', sentence: 'Not there.' } }).join(), /"status":305,"reasonText":"Moved","sentence":"Not there."/);
  assert.match(calling().session(redirection(302)).join(), /tell ended \{"end":\{"by":"remote","status":302,"reasonText":"Moved"\}\}/);
});

test('a trunk that refuses by itself is told of as such', () => {
  const line = outgoing({ ...attempt('a.test'), address: 'sip:a.test' });
  line.outputs();
  line.described('offer', 'first');
  assert.equal(line.session(end(503, 'Service Unavailable'))[0], 'refused a.test sip:a.test');
});

test('busy is an answer: nobody else is tried', () => {
  const line = outgoing({ ...attempt('a.test'), address: 'sip:a.test' }, attempt('b.test'));
  line.outputs();
  line.described('offer', 'first');
  assert.deepEqual(line.session(end(486, 'Busy Here')), ['heard a.test sip:a.test', 'media closeLeg conference/leg', 'tell ended {"end":{"by":"remote","status":486,"reasonText":"Busy Here"}}']);
});

test('a trunk that says nothing is given up for the next; the last one has its time', () => {
  const line = outgoing({ ...attempt('a.test'), address: 'sip:a.test' }, attempt('b.test'));
  line.outputs();
  line.described('offer', 'first');
  assert.deepEqual(line.wait().slice(0, 3), ['refused a.test sip:a.test', 'session end line/1', 'tell routed {"trunk":"b.test","callerId":"+12025550190","why":"b.test is first."}']);
  line.described('offer', 'second');
  assert.equal(line.line.pollTimeout(), undefined);
});

test('hanging up while it rings cancels, and what crosses is not heard', () => {
  const line = outgoing(attempt('a.test'));
  line.outputs();
  line.described('offer', 'first');
  assert.deepEqual(line.command({ kind: 'hangUp', lineId: 'line' }), ['session end line/1', 'media closeLeg conference/leg', 'tell ended {"end":{"by":"local"}}']);
  assert.deepEqual(line.session({ kind: 'answered', response: response(200, 'OK'), earlyDialog: '2' }), []);
});

test('an offer in the 200 is answered in the ACK', () => {
  const line = outgoing(attempt('a.test', { offer: 'delayed' }));
  assert.deepEqual(line.outputs().slice(1), ['session invite line/1 sip:+12025550100@a.test']);
  assert.deepEqual(line.session({ kind: 'answered', response: response(200, 'OK'), earlyDialog: '2', description: { kind: 'offer', bytes: sdpBytes('their offer') } }),
    ['media openLeg conference/leg with their offer']);
  assert.deepEqual(line.described('answer', 'our answer'), ['session answerOffer line/1 our answer', 'tell answered {}']);
});

test('a media processor without a leg ends it before anybody is called', () => {
  const line = outgoing(attempt('a.test'));
  line.outputs();
  assert.deepEqual(line.media({ kind: 'commandFailed', ...place, command: 'openLeg', reason: 'PORTS_EXHAUSTED', sentence: 'No port is left.' }),
    ['tell ended {"end":{"by":"local","refusal":"MEDIA_UNAVAILABLE","sentence":"No port is left."}}']);
});

test('somebody calls, is told that it rings, and is answered', () => {
  const line = incoming('their offer');
  assert.deepEqual(line.command({ kind: 'alert', lineId: 'line' }), ['session progress call 180']);
  assert.deepEqual(line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...place }), ['media openLeg conference/leg with their offer']);
  assert.deepEqual(line.described('answer', 'our answer'), ['session accept call our answer', 'tell answered {}']);
  assert.deepEqual(line.command({ kind: 'hangUp', lineId: 'line' }), ['session end call', 'media closeLeg conference/leg', 'tell ended {"end":{"by":"local"}}']);
});

test('a caller who is to hear that it rings: 183 with the leg, which the answer repeats; its UPDATE meanwhile is answered', () => {
  const rings = (terms = {}) => {
    const line = incoming('their offer', { ringback: 'ours', ...terms });
    return { line, said: line.command({ kind: 'alert', lineId: 'line', sound: place }) };
  };
  const { line, said } = rings();
  assert.deepEqual(said, ['media openLeg conference/leg with their offer']);
  assert.deepEqual(line.described('answer', 'our answer'), ['session progress call 183 our answer']);
  assert.deepEqual(line.session({ kind: 'offerReceived', description: sdpBytes('update') }), ['media describe conference/leg offer update']);
  assert.deepEqual(line.described('answer', 'updated'), ['session answerOffer call updated']);
  assert.deepEqual(line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...place }), ['session accept call our answer', 'tell answered {}']);
  // Another place than what is heard, as after a lost media process, is a matter for a re-INVITE.
  const moved = rings().line;
  moved.described('answer', 'our answer');
  assert.deepEqual(moved.command({ kind: 'connect', lineId: 'line', callId: 'c', conferenceId: 'another', legId: 'leg 2' }),
    ['session accept call our answer', 'tell answered {}', 'media closeLeg conference/leg', 'media openLeg another/leg 2']);
  const quick = rings().line;
  assert.deepEqual(quick.command({ kind: 'connect', lineId: 'line', callId: 'c', ...place }), []);
  assert.deepEqual(quick.described('answer', 'our answer'), ['session accept call our answer', 'tell answered {}']);
  const deaf = rings().line;
  assert.deepEqual(deaf.media({ kind: 'commandFailed', ...place, command: 'openLeg', reason: 'PORTS_EXHAUSTED' }), ['session progress call 180']);
  assert.deepEqual(rings({ ringback: 'theirs' }).said, ['session progress call 180']);
  const silent = incoming(undefined, { ringback: 'ours' });
  assert.deepEqual(silent.command({ kind: 'alert', lineId: 'line', sound: place }), ['session progress call 180'], 'there is no offer to answer');
  const gone = rings().line;
  gone.described('answer', 'our answer');
  assert.deepEqual(gone.session({ kind: 'ended', end: { by: 'remote', cause: 'cancelled', reasons: [] } }), ['media closeLeg conference/leg', 'tell ended {"end":{"by":"remote","status":487}}']);
});

test('what the caller hears before the answer moves with its leg: sound goes where its offer says, then it is offered the new address', () => {
  const [elsewhere, third] = [{ conferenceId: 'another', legId: 'leg 2' }, { conferenceId: 'third', legId: 'leg 3' }];
  const sounding = () => {
    const line = incoming('their offer', { ringback: 'ours' });
    line.command({ kind: 'alert', lineId: 'line', sound: place });
    line.described('answer', 'our answer');
    return line;
  };
  const move = (line: TestLine, to = elsewhere) => line.command({ kind: 'alert', lineId: 'line', sound: to });
  const connect = (line: TestLine, to = elsewhere) => line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...to });
  const line = sounding();
  assert.deepEqual(move(line), ['media closeLeg conference/leg', 'media openLeg another/leg 2 with their offer']);
  assert.deepEqual(line.described('answer', 'not told', elsewhere), ['media offer another/leg 2 sendrecv']);
  assert.deepEqual(line.described('offer', 'our offer', elsewhere), ['session offer call our offer']);
  assert.deepEqual(line.session({ kind: 'answerReceived', description: sdpBytes('their answer') }), ['media describe another/leg 2 answer their answer']);
  assert.deepEqual(connect(line), ['session accept call our answer', 'tell answered {}'], 'a leg that is there stays');
  // Who takes no UPDATE answers later, by re-INVITE.
  const late = sounding();
  move(late);
  late.described('answer', 'not told', elsewhere);
  late.described('offer', 'our offer', elsewhere);
  assert.deepEqual(connect(late), ['session accept call our answer', 'tell answered {}']);
  assert.deepEqual(late.session({ kind: 'answerReceived', description: sdpBytes('their answer') }), ['media describe another/leg 2 answer their answer']);
  // Refused, it goes on as it was; answered meanwhile, it moves as any other line; an offer of the caller's is answered from there, and is the one that the next place answers.
  const stubborn = sounding();
  move(stubborn);
  stubborn.described('answer', 'not told', elsewhere);
  stubborn.described('offer', 'our offer', elsewhere);
  assert.deepEqual(stubborn.session({ kind: 'offerRefused', status: 488 }), []);
  assert.deepEqual(stubborn.session({ kind: 'offerReceived', description: sdpBytes('update') }), ['media describe another/leg 2 offer update']);
  assert.deepEqual(move(stubborn, third), ['media closeLeg another/leg 2', 'media openLeg third/leg 3 with update']);
  assert.deepEqual(stubborn.described('answer', 'updated', third), ['session answerOffer call updated']);
  assert.deepEqual(move(stubborn), ['media closeLeg third/leg 3', 'media openLeg another/leg 2 with update']);
  assert.deepEqual(connect(stubborn), ['session accept call our answer', 'tell answered {}', 'media closeLeg another/leg 2', 'media openLeg another/leg 2']);
  const lost = sounding();
  move(lost);
  assert.deepEqual(lost.media({ kind: 'commandFailed', ...elsewhere, command: 'openLeg', reason: 'PORTS_EXHAUSTED' }), []);
  assert.deepEqual(connect(lost), ['session accept call our answer', 'tell answered {}', 'media openLeg another/leg 2']);
});

test('an INVITE without offer is answered with ours, and its ACK has the answer', () => {
  const line = incoming();
  assert.deepEqual(line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...place }), ['media openLeg conference/leg']);
  assert.deepEqual(line.described('offer', 'our offer'), ['session accept call our offer', 'tell answered {}']);
  assert.deepEqual(line.session({ kind: 'acknowledged', description: { kind: 'answer', bytes: sdpBytes('their answer') } }), ['media describe conference/leg answer their answer']);
});

test('a caller without a common codec gets 488 with a warning', () => {
  const line = incoming('their offer');
  line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...place });
  const said = line.media({ kind: 'commandFailed', ...place, command: 'openLeg', reason: 'NO_COMMON_CODEC', sentence: 'Only "T38" is offered.' });
  assert.deepEqual(said, ['session refuse call 488', 'tell ended {"end":{"by":"network","status":488,"sentence":"Only \\"T38\\" is offered."}}']);
});

test('a caller who gives up, and one who is rejected', () => {
  const gone = incoming('their offer');
  assert.deepEqual(gone.session({ kind: 'ended', end: { by: 'remote', cause: 'cancelled', reasons: [] } }), ['tell ended {"end":{"by":"remote","status":487}}']);
  const rejected = incoming('their offer');
  assert.deepEqual(rejected.command({ kind: 'reject', lineId: 'line', status: 603, reasonText: 'Decline' }), ['session refuse call 603 Decline', 'tell ended {"end":{"by":"local","status":603}}']);
});

test('the telephone holds and takes back', () => {
  const line = answered();
  const held = sdpOf('sendonly');
  assert.deepEqual(line.session({ kind: 'offerReceived', description: sdpBytes(held) }), [`media describe conference/leg offer ${held}`]);
  assert.deepEqual(line.described('answer', 'on hold'), ['session answerOffer line/1 on hold', 'tell held {"isHeld":true}']);
  line.session({ kind: 'offerReceived', description: sdpBytes(sdpOf()) });
  assert.deepEqual(line.described('answer', 'back'), ['session answerOffer line/1 back', 'tell held {"isHeld":false}']);
});

test('a re-INVITE without offer gets ours', () => {
  const line = answered();
  assert.deepEqual(line.session({ kind: 'offerWanted' }), ['media offer conference/leg sendrecv']);
  assert.deepEqual(line.described('offer', 'our offer again'), ['session answerOffer line/1 our offer again']);
  assert.deepEqual(line.session({ kind: 'acknowledged', description: { kind: 'answer', bytes: sdpBytes('their answer') } }), ['media describe conference/leg answer their answer']);
});

test('we hold and take back, one offer at a time', () => {
  const line = answered();
  assert.deepEqual(line.command({ kind: 'setHeld', lineId: 'line', isHeld: true }), ['media offer conference/leg sendonly']);
  assert.deepEqual(line.described('offer', 'hold'), ['session offer line/1 hold']);
  assert.deepEqual(line.command({ kind: 'setHeld', lineId: 'line', isHeld: false }), []);
  assert.deepEqual(line.session({ kind: 'answerReceived', description: sdpBytes('held') }), ['media describe conference/leg answer held', 'media offer conference/leg sendrecv']);
  line.described('offer', 'back');
  assert.deepEqual(line.session({ kind: 'answerReceived', description: sdpBytes('fine') }), ['media describe conference/leg answer fine']);
});

test('what is wanted while an offer is being made comes with the next one', () => {
  const line = answered();
  assert.deepEqual(line.command({ kind: 'setHeld', lineId: 'line', isHeld: true }), ['media offer conference/leg sendonly']);
  assert.deepEqual(line.command({ kind: 'setHeld', lineId: 'line', isHeld: false }), []);
  line.described('offer', 'hold');
  assert.deepEqual(line.session({ kind: 'answerReceived', description: sdpBytes('held') }), ['media describe conference/leg answer held', 'media offer conference/leg sendrecv']);
});

test('a held telephone that another call takes over is told so, and that it is heard again, by one offer', () => {
  const line = answered();
  line.command({ kind: 'setHeld', lineId: 'line', isHeld: true });
  line.described('offer', 'hold');
  line.session({ kind: 'answerReceived', description: sdpBytes('held') });
  const next = { conferenceId: 'another', legId: 'leg 2' };
  assert.deepEqual(line.command({ kind: 'setHeld', lineId: 'line', isHeld: false }), ['media offer conference/leg sendrecv']);
  assert.deepEqual(line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...next }), ['media closeLeg conference/leg', 'media openLeg another/leg 2']);
  assert.deepEqual(line.described('offer', 'too late'), []);
  assert.deepEqual(line.described('offer', 'new place', next), ['session offer line/1 new place']);
  assert.deepEqual(line.session({ kind: 'answerReceived', description: sdpBytes('fine') }), ['media describe another/leg 2 answer fine']);
});

test('a held telephone stays so when its media process is lost', () => {
  const line = answered();
  line.command({ kind: 'setHeld', lineId: 'line', isHeld: true });
  line.described('offer', 'hold');
  line.session({ kind: 'answerReceived', description: sdpBytes('held') });
  const next = { conferenceId: 'another', legId: 'leg 2' };
  assert.deepEqual(line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...next }), ['media closeLeg conference/leg', 'media openLeg another/leg 2 sendonly']);
  line.described('offer', 'held elsewhere', next);
  assert.deepEqual(line.session({ kind: 'answerReceived', description: sdpBytes('held') }), ['media describe another/leg 2 answer held']);
});

test('a lost media process: the leg is elsewhere, and the telephone follows', () => {
  const line = answered();
  const next = { conferenceId: 'another', legId: 'leg 2' };
  assert.deepEqual(line.command({ kind: 'connect', lineId: 'line', callId: 'c', ...next }), ['media closeLeg conference/leg', 'media openLeg another/leg 2']);
  assert.deepEqual(line.described('offer', 'new place', next), ['session offer line/1 new place']);
  assert.deepEqual(line.session({ kind: 'offerRefused', status: 488 }), ['session end line/1', 'media closeLeg another/leg 2',
    'tell ended {"end":{"by":"network","status":488,"sentence":"The telephone did not follow when its sound was moved to another media process (488)."}}']);
});

test('an offer of theirs that cannot be answered changes nothing', () => {
  const line = answered();
  line.session({ kind: 'offerReceived', description: sdpBytes('fax') });
  assert.deepEqual(line.media({ kind: 'commandFailed', ...place, command: 'describe', reason: 'NO_COMMON_CODEC' }), ['session refuseOffer line/1 488']);
  assert.deepEqual(line.command({ kind: 'setHeld', lineId: 'line', isHeld: true }), ['media offer conference/leg sendonly']);
});

test('an answer of theirs that cannot be used ends the call', () => {
  const line = answered();
  assert.deepEqual(line.media({ kind: 'commandFailed', ...place, command: 'describe', reason: 'NO_COMMON_CODEC', sentence: 'Nothing in common.' }),
    ['session end line/1', 'media closeLeg conference/leg', 'tell ended {"end":{"by":"network","status":488,"sentence":"Nothing in common."}}']);
});

test('a telephone that is silent is asked whether it is there', () => {
  const line = answered();
  assert.deepEqual(line.media({ kind: 'mediaStalled', ...place, direction: 'receive', cause: 'nothing comes' }), []);
  assert.deepEqual(line.wait(), ['media offer conference/leg sendrecv']);
  line.described('offer', 'are you there');
  assert.deepEqual(line.session({ kind: 'ended', end: { by: 'network', cause: 'dialogLost', reasons: [] } }),
    ['media closeLeg conference/leg', 'tell ended {"end":{"by":"network","sentence":"The other side no longer knows the call."}}']);
});

test('digits: as telephone events by the leg, or by INFO; both ways', () => {
  assert.deepEqual(answered().command({ kind: 'sendDtmf', lineId: 'line', tones: '12#' }), ['media sendDtmf conference/leg 12#']);
  const line = answered({ media: { srtp: 'forbidden', dtmf: 'info', codecs: ['PCMU'] } });
  assert.deepEqual(line.command({ kind: 'sendDtmf', lineId: 'line', tones: '1#' }), ['session info line/1 Signal=1\r\nDuration=160']);
  assert.deepEqual(line.give({ kind: 'keySent' }), ['session info line/1 Signal=#\r\nDuration=160']);
  assert.deepEqual(line.give({ kind: 'keySent' }), []);
  assert.deepEqual(line.session({ kind: 'infoReceived', contentType: 'application/dtmf-relay', body: sdpBytes('Signal= 11\r\nDuration=160\r\n') }), ['tell dtmf {"tone":"#"}']);
  assert.deepEqual(line.session({ kind: 'infoReceived', contentType: 'text/plain', body: sdpBytes('Signal=1') }), []);
});

test('transfers: REFER out and in, and a trunk that takes none', () => {
  const line = answered();
  const wish = { kind: 'transfer', uri: 'sip:+12025550101@a.test', replacesSessionId: undefined, referredBy: undefined } as const;
  assert.deepEqual(line.give(wish), ['session refer line/1 sip:+12025550101@a.test']);
  assert.deepEqual(line.session({ kind: 'referProgressed', status: 180, reason: 'Ringing' }), ['tell transferProgress {"status":180}']);
  assert.deepEqual(line.session({ kind: 'referEnded', status: 200, reason: 'OK' }), ['tell transferEnded {"status":200,"reasonText":"OK"}']);
  assert.match(answered({ transfer: 'none' }).give(wish).join(), /transferEnded \{"status":405/);
  assert.match(answered({ attendedTransfer: 'none' }).give({ ...wish, replacesSessionId: 'other' }).join(), /transferEnded \{"status":405/);
  const refer = { kind: 'referReceived', sessionId: 'line/1', referId: 'r', target: 'sip:+12025550102@here.test', request: undefined as never } as const;
  assert.deepEqual(line.give({ kind: 'referred', event: refer, target: { kind: 'number', number: '+12025550102' }, replacesLineId: undefined }),
    ['session answerRefer line/1 202', 'tell transferRequested {"target":{"kind":"number","number":"+12025550102"}}']);
  assert.deepEqual(line.command({ kind: 'reportTransfer', lineId: 'line', status: 180 }), ['session reportRefer line/1 180']);
  assert.deepEqual(line.command({ kind: 'reportTransfer', lineId: 'line', status: 200 }), ['session reportRefer line/1 200']);
  assert.deepEqual(line.command({ kind: 'reportTransfer', lineId: 'line', status: 200 }), []);
});
