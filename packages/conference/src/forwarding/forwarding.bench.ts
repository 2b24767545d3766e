/** What decisions about forwarding cost: `node packages/conference/src/forwarding/forwarding.bench.ts`. */
import { instant } from '@dialplane/sansio';
import { BandwidthEstimator, operatingPoints, PictureAllocator, pictureRank, SpeakerDetection } from '../index.ts';

function measure(name: string, rounds: number, unit: string, one: (round: number) => void): void {
  for (let round = 0; round < rounds / 5; round += 1) one(round);
  const costs = Array.from({ length: 5 }, (_, repetition) => {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) one(repetition * rounds + round);
    return (process.cpuUsage(before).user * 1000) / rounds;
  });
  console.log(`${name}: ${Math.min(...costs).toFixed(0)} ns of CPU per ${unit} (best of 5)`);
}

const estimator = new BandwidthEstimator();
const arrivals: number[] = [];
let sent = 0;
measure('note sent packets, take feedback about each 50', 1_000_000, 'packet', (round) => {
  const number = estimator.noteSent(1200, instant(round));
  sent += 1;
  if (sent % 50 !== 0) return;
  for (let index = 0; index < 50; index += 1) arrivals[index] = index * 4 + (round % 7);
  const referenceTime = Math.floor(round / 64);
  estimator.handleFeedback({ senderSsrc: 1, mediaSsrc: 2, feedbackCount: 0, baseSequenceNumber: (number - 49) & 0xffff, referenceTime, arrivals }, instant(round + 50));
});

for (const pictures of [1, 9, 49]) {
  const allocator = new PictureAllocator();
  const layers = [0, 1, 2].map((layer) => ({ layer, bitrateBps: 100_000 * 4 ** layer, height: 180 * 2 ** layer, temporalLayers: 3 }));
  measure(`divide a line among ${pictures} pictures`, 20_000, 'time', (round) => {
    const demands = Array.from({ length: pictures }, (_, index) => ({ mid: `${index}`, rank: index === 0 ? pictureRank.prominent : pictureRank.other, points: operatingPoints(layers, 360) }));
    allocator.allocate(1_000_000 * (1 + (round % 5)), demands, instant(round * 200));
  });
}

for (const members of [10, 350]) {
  const detection = new SpeakerDetection({ audibleCount: 7, capacity: 350 });
  for (let member = 0; member < members; member += 1) detection.add();
  measure(`note a level, ${members} members`, 1_000_000, 'packet', (round) => {
    detection.note(round % members, round % 5 === 0 ? 30 : 90, instant(round / 50));
  });
  measure(`find out who speaks, ${members} members`, 5000, 'time', (round) => {
    detection.update(instant(round * 100));
  });
}
