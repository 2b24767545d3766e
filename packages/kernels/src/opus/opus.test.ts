import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { audioFailure, decodedPart } from '../audio/audio-codec.ts';
import { amplitudeAt, babble, rootMeanSquare, signalToNoise, tone } from '../audio/test-signals.ts';
import { nativeTest } from '../test-kernels.ts';
import { decodePacket, encodeAll, encodeFrame, frameSamples, joined, speechOptions, testOpus } from './test-opus.ts';

nativeTest('opus', 'a tone is heard as it was said, as loud as it was', () => {
  const opus = testOpus();
  const [encoder, decoder] = [opus.openEncoder(48_000, speechOptions), opus.openDecoder(48_000)];
  const decoded = encodeAll(opus, encoder, tone(1000)).map((packet) => decodePacket(opus, decoder, packet));
  const heard = joined(decoded.slice(10).map(({ samples }) => samples));
  assert.ok(Math.abs(amplitudeAt(1000, heard) - 0.5) < 0.02, `${amplitudeAt(1000, heard)}`);
  assert.ok(amplitudeAt(2500, heard) < 0.01);
  assert.equal(decoded.at(-1)?.level, Math.round(-20 * Math.log10(0.5 / Math.SQRT2)));
  assert.deepEqual(new Set(decoded.map(({ result }) => result)), new Set([frameSamples]));
});

nativeTest('opus', 'silence is silent, and other rates have their own number of samples', () => {
  const opus = testOpus();
  const encoder = opus.openEncoder(16_000, speechOptions);
  assert.throws(() => encodeFrame(opus, encoder, new Float32Array(320)), RangeError, 'reaches outside');
  const decoder = opus.openDecoder(8_000);
  const packet = encodeFrame(opus, opus.openEncoder(48_000, speechOptions), new Float32Array(frameSamples));
  const { result, level } = decodePacket(opus, decoder, packet);
  assert.equal(result, 160);
  assert.ok(level > 90, `${level}`);
});

nativeTest('opus', 'a lost packet is made up, and many lost ones fade', () => {
  const opus = testOpus();
  const decoder = opus.openDecoder(48_000);
  const packets = encodeAll(opus, opus.openEncoder(48_000, speechOptions), tone(300, { seconds: 0.5 }));
  for (const packet of packets) decodePacket(opus, decoder, packet);
  const madeUp = Array.from({ length: 30 }, () => decodePacket(opus, decoder, new Uint8Array()));
  assert.ok(madeUp.every(({ result }) => result === frameSamples));
  assert.ok(rootMeanSquare(madeUp[0]?.samples ?? new Float32Array()) > 0.1);
  assert.ok(rootMeanSquare(madeUp.at(-1)?.samples ?? tone(300)) < 0.03);
});

nativeTest('opus', 'the packet after a lost one repeats it in short: better than what is made up', () => {
  const opus = testOpus();
  const said = babble({ seconds: 4 });
  const packets = encodeAll(opus, opus.openEncoder(48_000, { ...speechOptions, expectedLossPercent: 20 }), said);
  const ratioOf = (repair: (decoder: number, next: Uint8Array) => Float32Array): number => {
    const decoder = opus.openDecoder(48_000);
    const heard = packets.map((packet, index) => (index % 5 === 3 ? repair(decoder, packets[index + 1] ?? new Uint8Array()) : decodePacket(opus, decoder, packet).samples));
    opus.closeDecoder(decoder);
    return signalToNoise(said.subarray(0, 48_000), joined(heard), 500).decibels;
  };
  const withRedundancy = ratioOf((decoder, next) => decodePacket(opus, decoder, next, decodedPart.redundancy).samples);
  const madeUp = ratioOf((decoder) => decodePacket(opus, decoder, new Uint8Array()).samples);
  assert.ok(withRedundancy > madeUp + 1, `${withRedundancy} dB and ${madeUp} dB`);
});

nativeTest('opus', 'a copy of an encoder makes the same packets as the one it was copied from', () => {
  const opus = testOpus();
  const [original, copy] = [opus.openEncoder(48_000, speechOptions), opus.openEncoder(48_000, { ...speechOptions, bitrateBps: 16_000 })];
  const said = babble();
  encodeAll(opus, original, said);
  opus.copyEncoder(original, copy);
  assert.deepEqual(encodeAll(opus, copy, said), encodeAll(opus, original, said));
  opus.copyEncoder(copy, copy);
  assert.throws(() => opus.copyEncoder(original, opus.openEncoder(16_000, speechOptions)), RangeError);
});

nativeTest('opus', 'a changed bitrate is kept to', () => {
  const opus = testOpus();
  const encoder = opus.openEncoder(48_000, speechOptions);
  const rateOf = (packets: readonly Uint8Array[]): number => (packets.reduce((sum, packet) => sum + packet.length, 0) * 8 * 50) / packets.length;
  assert.ok(Math.abs(rateOf(encodeAll(opus, encoder, babble())) - 32_000) < 4000);
  opus.configureEncoder(encoder, { ...speechOptions, bitrateBps: 16_000 });
  assert.ok(Math.abs(rateOf(encodeAll(opus, encoder, babble())) - 16_000) < 3000);
});

nativeTest('opus', 'wrong numbers, rooms and options are told', () => {
  const opus = testOpus();
  const decoder = opus.openDecoder(48_000);
  const packet = encodeFrame(opus, opus.openEncoder(48_000, speechOptions), new Float32Array(frameSamples));
  opus.closeDecoder(decoder);
  opus.closeDecoder(decoder);
  opus.closeEncoder(-1);
  assert.equal(decodePacket(opus, decoder, packet).result, audioFailure.unknownCodec);
  assert.throws(() => opus.configureEncoder(12_345, speechOptions), RangeError);
  assert.throws(() => opus.openEncoder(48_000, { ...speechOptions, complexity: 11 }), RangeError);
  assert.throws(() => opus.openEncoder(48_000, { ...speechOptions, bitrateBps: -1000 }), RangeError);
  assert.throws(() => opus.openEncoder(44_100 as 48_000, speechOptions), RangeError);

  const open = opus.openDecoder(48_000);
  const decode = (words: readonly number[], count = 1): readonly number[] => {
    const descriptors = Int32Array.from(words);
    opus.decode(packet, new Float32Array(frameSamples), descriptors, count);
    return [...descriptors];
  };
  assert.equal(decode([open, 0, packet.length, 0, 100, 0, 0, 0])[6], audioFailure.doesNotFit);
  for (const words of [[open, 0, packet.length + 1, 0, 960, 0, 0, 0], [open, -1, 2, 0, 960, 0, 0, 0], [open, 0, 2, 1, 960, 0, 0, 0], [open, 0, 2, 0, -1, 0, 0, 0]]) {
    assert.throws(() => decode(words), RangeError);
  }
  assert.throws(() => decode([open, 0, packet.length, 0, 960, 0, 0, 0], 2), RangeError, 'there is one descriptor');
});

nativeTest('opus', 'threads that end leave nothing behind, and know nothing of the numbers of others', async () => {
  const program = `
    import(require('node:worker_threads').workerData).then(({ testOpus, encodeFrame, decodePacket, speechOptions }) => {
      const opus = testOpus();
      const unknown = decodePacket(opus, 0, new Uint8Array(3)).result;
      const encoders = Array.from({ length: 20 }, () => opus.openEncoder(48_000, speechOptions));
      const packet = encodeFrame(opus, encoders[7], new Float32Array(960));
      require('node:worker_threads').parentPort.postMessage([unknown, decodePacket(opus, opus.openDecoder(48_000), packet).result]);
      for (;;) encodeFrame(opus, encoders[3], new Float32Array(960));
    });`;
  testOpus().openDecoder(48_000);
  for (let round = 0; round < 5; round += 1) {
    const worker = new Worker(program, { eval: true, workerData: new URL('test-opus.ts', import.meta.url).href });
    assert.deepEqual(await once(worker, 'message'), [[audioFailure.unknownCodec, frameSamples]]);
    await worker.terminate();
  }
});

nativeTest('opus', 'what is told to be voice is coded as voice, up to the next change', () => {
  const opus = testOpus();
  const encoder = opus.openEncoder(48_000, speechOptions);
  const said = babble({ seconds: 1 });
  const configurations = (): readonly number[] => [...new Set(encodeAll(opus, encoder, said).slice(5).map(([first = 0]) => first >> 3))];
  assert.deepEqual(configurations(), [31], 'CELT, full band, 20 ms (RFC 6716 table 2)');
  opus.configureEncoder(encoder, { ...speechOptions, signal: 'voice' });
  assert.deepEqual(configurations(), [15], 'SILK and CELT');
  opus.configureEncoder(encoder, { ...speechOptions, signal: 'unknown' });
  assert.deepEqual(configurations(), [31]);
});
