import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrunkNumberFormat } from '@dialplane/calling-api';
import fc from 'fast-check';
import { numberForTrunk, numberFromTrunk } from './trunk-number.ts';
import { readNumber } from './telephone-number.ts';
import { emergencyNumber } from './emergency-numbers.ts';

test('numbers are written the way a trunk wants them', () => {
  const cases: ReadonlyArray<readonly [e164: string, format: TrunkNumberFormat, written: string]> = [
    ['+4930123456', { style: 'e164' }, '+4930123456'],
    ['+4930123456', { style: 'e164WithoutPlus' }, '4930123456'],
    ['+4930123456', { style: 'national', country: 'DE' }, '030123456'],
    ['+442079460000', { style: 'national', country: 'DE' }, '00442079460000'],
    ['+442079460000', { style: 'national', country: 'US' }, '011442079460000'],
    ['+14255550100', { style: 'national', country: 'US' }, '4255550100'],
    ['+4930123456', { style: 'nationalWithoutPrefix', country: 'DE' }, '30123456'],
    ['+15550100', { style: 'e164WithoutPlus', prefix: '9902#' }, '9902#15550100'],
    ['+4930123456', { style: 'national' }, '4930123456'],
  ];
  for (const [e164, format, written] of cases) assert.equal(numberForTrunk(e164, format), written, JSON.stringify(format));
});

test('numbers of a trunk are read back, and what is none is none', () => {
  const cases: ReadonlyArray<readonly [text: string, format: TrunkNumberFormat, e164: string | undefined]> = [
    ['+4930123456', { style: 'national', country: 'DE' }, '+4930123456'],
    ['030123456', { style: 'national', country: 'DE' }, '+4930123456'],
    ['00442079460000', { style: 'national', country: 'DE' }, '+442079460000'],
    ['30123456', { style: 'nationalWithoutPrefix', country: 'DE' }, '+4930123456'],
    ['0044 2079460000', { style: 'nationalWithoutPrefix', country: 'DE' }, '+442079460000'],
    ['15550100', { style: 'e164' }, '+15550100'],
    ['anonymous', { style: 'e164' }, undefined],
    ['201', { style: 'e164' }, undefined],
    ['030123456', { style: 'national' }, undefined],
  ];
  for (const [text, format, e164] of cases) assert.equal(numberFromTrunk(text, format), e164, text);
});

test('what was written for a trunk is read as the same number', () => {
  const numbers = fc.constantFrom('+4930123456', '+442079460000', '+14255550100', '+33123456789', '+81312345678', '+390612345678', '+6834002');
  const formats = fc.record({ style: fc.constantFrom('e164', 'e164WithoutPlus', 'national', 'nationalWithoutPrefix'), country: fc.constantFrom('DE', 'FR', 'JP') } as const);
  fc.assert(fc.property(numbers, formats, (e164, format) => {
    assert.equal(numberFromTrunk(numberForTrunk(e164, format), format), e164);
  }));
});

test('reading never throws, and what is read is E.164 and no emergency number', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 80 }), fc.stringMatching(/^\+?[0-9 ().-]{0,24}$/)), fc.constantFrom(undefined, 'DE', 'US', 'XX', ''), (text, country) => {
    const reading = readNumber(text, country);
    if (!reading.ok) return;
    assert.match(reading.number.e164, /^\+[1-9]\d{6,14}$/);
  }));
});

test('emergency numbers are recognised however they are written', () => {
  assert.equal(emergencyNumber('9-1-1'), '911');
  assert.equal(emergencyNumber('112', 'JP'), '112');
  assert.equal(emergencyNumber('110', 'JP'), '110');
  assert.equal(emergencyNumber('110', 'FR'), undefined);
  assert.equal(emergencyNumber('+31 112'), '112');
  assert.equal(emergencyNumber('+44 999'), '999');
  assert.equal(emergencyNumber('+4930110112'), undefined);
  assert.equal(emergencyNumber('٩١١'), undefined);
});
