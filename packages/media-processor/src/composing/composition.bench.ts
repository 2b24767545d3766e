/**
 * What composing costs: processor time per frame of 1280x720 (25 a second) with 4 and 9 people who send 640x360 or 320x180 and move all the time, in milliseconds and by what
 * it is spent on. Run with `node packages/media-processor/src/composing/composition.bench.ts`.
 */
import { exportsOf, pictureBytes } from '@dialplane/kernels';
import { ComposerCounters } from './composer-counters.ts';
import { Composition, mostSourceHeight, mostSourceWidth } from './composition.ts';
import { loadPictureKernels } from './picture-kernels.ts';
import { TestCamera } from './test-camera.ts';

const rounds = 250;
const environment = {
  kernels: exportsOf(loadPictureKernels()), counters: new ComposerCounters(), needKeyFrame: () => {},
  decoded: new Uint8Array(pictureBytes(mostSourceWidth, mostSourceHeight)), encoded: new Uint8Array(pictureBytes(1280, 720)),
};

for (const [people, width, height] of [[4, 640, 360], [9, 320, 180]] as const) {
  const frames = Array.from({ length: people }, (_, index) => {
    const camera = new TestCamera({ width, height, brightness: 40 + 12 * index, isRestless: true });
    return Array.from({ length: rounds }, () => camera.take());
  });
  const composition = new Composition(1, environment);
  const columns = Math.ceil(Math.sqrt(people));
  for (let source = 0; source < people; source += 1) composition.addSource(source);
  composition.setTiles(frames.map((_, source) => ({ source, x: (source % columns) / columns, y: Math.floor(source / columns) / columns, width: 1 / columns, height: 1 / columns, isWhole: false })));
  composition.setBitrate('large', 1_500_000);
  const spent = { draw: 0, encode: 0 };
  let bytes = 0;
  const timed = (kind: keyof typeof spent, work: () => void): void => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    spent[kind] += (user + system) / 1000;
  };
  for (let round = 0; round < rounds; round += 1) {
    timed('draw', () => frames.forEach((all, source) => composition.push(source, all[round] ?? new Uint8Array())));
    timed('encode', () => composition.tick(round * 40, (frame) => { bytes += frame.bytes.length; }));
  }
  composition.close();
  const each = (total: number): string => (total / rounds).toFixed(2);
  const share = ((spent.draw + spent.encode) / rounds / 40) * 100;
  console.log(`${people} people: ${each(spent.draw + spent.encode)} ms a frame (decode and draw ${each(spent.draw)}, encode ${each(spent.encode)}), ${share.toFixed(0)} % of a core at 25 frames a second, ${Math.round((bytes * 8 * 25) / rounds / 1000)} kbit/s`);
}
