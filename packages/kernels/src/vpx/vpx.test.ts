import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { nativeTest } from '../test-kernels.ts';
import { encodeFrames, movingPicture, peakSignalToNoise, testVpx } from './test-vpx.ts';
import { pictureBytes, vpxFailure } from './vpx.ts';

const options = { width: 320, height: 180, bitrateBps: 600_000, frameRate: 25, speed: 8 };
const pictures = Array.from({ length: 50 }, (_, index) => movingPicture(options.width, options.height, index));
const room = new Uint8Array(pictureBytes(1280, 720));

nativeTest('vpx', 'what is shown is what was seen, in the bitrate that was asked for', () => {
  const vpx = testVpx();
  const [encoder, decoder] = [vpx.openEncoder(options), vpx.openDecoder(1280, 720)];
  const frames = encodeFrames(vpx, encoder, pictures);
  let worst = Infinity;
  frames.forEach((frame, index) => {
    if (frame.length === 0) return;
    const { result, width, height } = vpx.decode(decoder, frame, room);
    assert.deepEqual([result, width, height], [pictureBytes(320, 180), 320, 180]);
    worst = Math.min(worst, peakSignalToNoise(room.subarray(0, result), pictures[index] ?? room));
  });
  assert.ok(worst > 32, `${worst} dB`);
  const bitrate = (frames.reduce((sum, { length }) => sum + length, 0) * 8 * options.frameRate) / frames.length;
  assert.ok(bitrate < options.bitrateBps * 1.2, `${bitrate} bit/s`);
});

nativeTest('vpx', 'a key frame comes first and where it is asked for, and starts a decoder in the middle', () => {
  const vpx = testVpx();
  const encoder = vpx.openEncoder(options);
  const made = pictures.slice(0, 20).map((picture, index) => {
    const frame = new Uint8Array(picture.length);
    const { result, isKeyFrame } = vpx.encode(encoder, picture, index * 3600, index === 12, frame);
    return { frame: frame.slice(0, result), isKeyFrame };
  });
  assert.deepEqual(made.flatMap(({ isKeyFrame }, index) => (isKeyFrame ? [index] : [])), [0, 12]);
  const decoder = vpx.openDecoder(320, 180);
  assert.equal(vpx.decode(decoder, made[5]?.frame ?? room, room).result, vpxFailure.malformed, 'nothing was seen that this frame goes on from');
  const after = made.slice(12).filter(({ frame }) => frame.length > 0).map(({ frame }) => vpx.decode(decoder, frame, room).result);
  assert.deepEqual(new Set(after), new Set([pictureBytes(320, 180)]));
});

nativeTest('vpx', 'a changed bitrate is kept to', () => {
  const vpx = testVpx();
  const encoder = vpx.openEncoder({ ...options, bitrateBps: 1_000_000 });
  encodeFrames(vpx, encoder, pictures);
  vpx.setBitrate(encoder, 60_000);
  encodeFrames(vpx, encoder, pictures, pictures.length);
  const bytes = encodeFrames(vpx, encoder, pictures, 2 * pictures.length).reduce((sum, { length }) => sum + length, 0);
  assert.ok(bytes * 8 * (options.frameRate / pictures.length) < 90_000, `${bytes} bytes in two seconds`);
});

nativeTest('vpx', 'a picture that is larger than allowed costs nothing', () => {
  const vpx = testVpx();
  const [frame] = encodeFrames(vpx, vpx.openEncoder(options), pictures.slice(0, 1));
  const small = vpx.openDecoder(319, 180);
  assert.equal(vpx.decode(small, frame ?? room, room).result, vpxFailure.tooLarge);
  // RFC 6386 §9.1: width and height follow the start code.
  const huge = Uint8Array.from(frame ?? []);
  huge.set([0xff, 0x3f, 0xff, 0x3f], 6);
  assert.equal(vpx.decode(vpx.openDecoder(1920, 1080), huge, room).result, vpxFailure.tooLarge);
  assert.equal(vpx.decode(vpx.openDecoder(320, 180), frame ?? room, new Uint8Array(100)).result, vpxFailure.doesNotFit);
});

nativeTest('vpx', 'wrong numbers, rooms and options are told', () => {
  const vpx = testVpx();
  const [decoder, encoder] = [vpx.openDecoder(320, 180), vpx.openEncoder(options)];
  const picture = pictures[0] ?? room;
  assert.equal(vpx.encode(encoder, picture.subarray(1), 0, false, room).result, vpxFailure.doesNotFit);
  assert.equal(vpx.encode(encoder, picture, 3600, false, new Uint8Array(10)).result, vpxFailure.doesNotFit);
  assert.equal(vpx.decode(decoder, new Uint8Array(), room).result, vpxFailure.malformed);
  for (const close of [() => vpx.closeDecoder(decoder), () => vpx.closeEncoder(encoder)]) {
    close();
    close();
  }
  assert.equal(vpx.decode(decoder, picture, room).result, vpxFailure.unknownCodec);
  assert.equal(vpx.encode(encoder, picture, 0, false, room).result, vpxFailure.unknownCodec);
  assert.throws(() => vpx.setBitrate(encoder, 100_000), RangeError);
  for (const wrong of [{ width: 0 }, { height: 5000 }, { bitrateBps: 1 }, { frameRate: 0 }, { speed: 17 }, { width: 321 }]) assert.throws(() => vpx.openEncoder({ ...options, ...wrong }), RangeError);
  assert.throws(() => vpx.openDecoder(0, 10), RangeError);
  assert.equal(pictureBytes(3, 5), 3 * 5 + 2 * 2 * 3);
});

nativeTest('vpx', 'threads that end leave nothing behind', async () => {
  const program = `
    import(require('node:worker_threads').workerData).then(({ testVpx, movingPicture, encodeFrames }) => {
      const vpx = testVpx();
      const encoder = vpx.openEncoder({ width: 64, height: 48, bitrateBps: 100_000, frameRate: 25, speed: 8 });
      const [frame] = encodeFrames(vpx, encoder, [movingPicture(64, 48, 0)]);
      require('node:worker_threads').parentPort.postMessage(vpx.decode(vpx.openDecoder(64, 48), frame, new Uint8Array(9999)).result);
      for (let index = 1; ; index += 1) encodeFrames(vpx, encoder, [movingPicture(64, 48, index)], index);
    });`;
  for (let round = 0; round < 3; round += 1) {
    const worker = new Worker(program, { eval: true, workerData: new URL('test-vpx.ts', import.meta.url).href });
    assert.deepEqual(await once(worker, 'message'), [pictureBytes(64, 48)]);
    await worker.terminate();
  }
});
