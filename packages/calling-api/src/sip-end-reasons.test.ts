import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sipEndReason } from './index.ts';

const endedBy = '4:+15550100';

test('a called telephone ends with 560xxx, a calling one with 540xxx, and the network is quoted unchanged', () => {
  const busy = sipEndReason({ direction: 'outgoing', status: 486, reasonText: 'User  busy; ext. 7', q850: 17, endedBy });
  assert.deepEqual(busy, {
    code: 486, subCode: 560_486, category: 'Success', message: 'The telephone is busy (486 User  busy; ext. 7).', endedBy, sip: { status: 486, reasonText: 'User  busy; ext. 7', q850: 17 },
  });
  const { code, subCode, message } = sipEndReason({ direction: 'incoming', status: 487, endedBy });
  assert.deepEqual([code, subCode, message], [487, 540_487, 'The caller hung up before anybody answered (487).']);
});

test('hanging up is 0 with the base of the direction', () => {
  assert.deepEqual(sipEndReason({ direction: 'outgoing', endedBy }), { code: 0, subCode: 560_000, category: 'Success', message: 'The telephone hung up.', endedBy });
  assert.equal(sipEndReason({ direction: 'incoming', endedBy }).subCode, 540_000);
});

test('any status is named, also those without a sentence of their own', () => {
  for (let status = 300; status < 700; status += 1) {
    const reason = sipEndReason({ direction: 'outgoing', status, endedBy });
    assert.equal(reason.subCode, 560_000 + status);
    assert.match(reason.message, new RegExp(`\\(${status}\\)\\.$`));
  }
  assert.equal(sipEndReason({ direction: 'outgoing', status: 487, endedBy }).code, 497);
});
