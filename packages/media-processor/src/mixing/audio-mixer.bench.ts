/**
 * What mixing costs: the processor time of the mixer's thread for each member, in percent of a core, at real rates, and how long sound takes through it. Members are
 * browsers (Opus, levels of RFC 6464 in their packets) or telephones (PCMU); packets come evenly spread over each 20 ms, as from a network without jitter.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { exportsOf } from '@dialplane/kernels';
import { instant } from '@dialplane/sansio';
import type { AudioPacket, MixCodec } from './audio-mixer.ts';
import { startAudioMixer } from './thread/start-audio-mixer.ts';
import { payloadTypes, rateOf, Talker, testKernels } from './test-mix.ts';
import { speech } from './test-speech.ts';

interface Scene {
  /** Of the members, in turn. */
  readonly codecs: readonly MixCodec[];
  readonly members: number;
  readonly talking: number;
  /** How many conferences they are in. */
  readonly rooms?: number;
}

const warmUpMs = 1_500;
const measuredMs = 4_000;
const silentLevel = 127;
const loudLevel = 25;
const scenes: readonly Scene[] = [
  ...[10, 50, 100, 200, 500].map((members) => ({ codecs: ['opus'] as const, members, talking: members })),
  ...[10, 100, 500].map((members) => ({ codecs: ['opus'] as const, members, talking: 3 })),
  { codecs: ['opus'], members: 100, talking: 100, rooms: 25 },
  ...[50, 300].map((members) => ({ codecs: ['PCMU'] as const, members, talking: members })),
  { codecs: ['opus'], members: 100, talking: 0 },
  ...[['PCMU', 'PCMA'], ['PCMU', 'G722'], ['PCMU', 'G729'], ['PCMU', 'opus']].map((codecs) => ({ codecs: codecs as MixCodec[], members: 200, talking: 200, rooms: 100 })),
];

const kernels = testKernels();
const recorded = new Map<string, readonly AudioPacket[]>();
const table: Record<string, string>[] = [];
for (const scene of scenes) table.push(await measure(scene));
console.table(table);

/** Three seconds of packets of a voice, to be sent again and again. */
function recordingOf(codec: MixCodec, level: number): readonly AudioPacket[] {
  const key = `${codec} ${level}`;
  const existing = recorded.get(key);
  if (existing !== undefined) return existing;
  const rate = rateOf(codec).samples * 50;
  const talker = new Talker(kernels, codec, level === silentLevel ? new Float32Array(rate) : voiceAt(rate), 1, { signal: 'voice' });
  const packets = Array.from({ length: 150 }, () => {
    const packet = talker.next(0, codec === 'opus' ? level : -1);
    return Object.assign(packet, { bytes: packet.bytes.slice(0, packet.length) });
  });
  recorded.set(key, packets);
  return packets;
}

function voiceAt(rate: number): Float32Array {
  const said = speech();
  return Float32Array.from({ length: 3 * rate }, (_, index) => said[Math.floor((index * 48_000) / rate)] ?? 0);
}

async function measure(scene: Scene): Promise<Record<string, string>> {
  const { codecs, members, talking, rooms = 1 } = scene;
  const codecOf = (index: number): MixCodec => codecs[index % codecs.length] ?? 'opus';
  const threadsBefore = new Set(threads());
  let frames = 0;
  const started = await startAudioMixer({ onFrames: (ready) => (frames += ready.length), onLevel: () => {}, onDtmf: () => {}, onPlay: () => {}, onFailure: console.error });
  const mixer = exportsOf(started);
  const mixing = threads().filter((thread) => !threadsBefore.has(thread));
  const mixes = Array.from({ length: rooms }, () => mixer.openMix());
  const everybody = Array.from({ length: members }, (_, index) => {
    const level = index < talking ? loudLevel : silentLevel;
    const codec = codecOf(index);
    const options = { payloadTypes: payloadTypes.filter((entry) => entry.codec === codec), isMuted: false, reception: { codec, inSilence: codec === 'opus' ? ('nothing' as const) : ('frames' as const) } };
    return { number: mixer.addMember(mixes[Math.floor((index * rooms) / members)] ?? 0, options), packets: recordingOf(codec, level), at: (index * 37) % 150, sequenceNumber: 0, timestamp: 0, units: rateOf(codec).units };
  });
  const say = (index: number): void => {
    const member = everybody[index];
    const packet = member?.packets[member.at];
    if (member === undefined || packet === undefined) return;
    member.at = (member.at + 1) % member.packets.length;
    member.sequenceNumber = (member.sequenceNumber + 1) & 0xffff;
    member.timestamp = (member.timestamp + member.units) | 0;
    mixer.push(member.number, Object.assign(packet, { ssrc: index, sequenceNumber: member.sequenceNumber, timestamp: member.timestamp, arrivedAt: instant(performance.now()) }));
  };
  const begin = performance.now();
  let said = 0;
  const sayWhatIsDue = (): void => {
    const due = talking === 0 ? 0 : Math.floor(((performance.now() - begin) / 20) * members);
    for (; said < due; said += 1) say(said % members);
  };
  const talkingTimer = setInterval(sayWhatIsDue, 1);
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  const [before, ticksBefore, framesBefore] = [onCpu(mixing), mixer.statistics(), frames];
  const measuredFrom = performance.now();
  await new Promise((resolve) => setTimeout(resolve, measuredMs));
  const share = ((onCpu(mixing) - before) / 1e6 / (performance.now() - measuredFrom)) * 100;
  const after = mixer.statistics();
  clearInterval(talkingTimer);
  await mixer.close();
  return {
    'members, talking, conferences': `${members} ${codecs.join(' and ')}, ${talking}, ${rooms}`,
    '% of a core': share.toFixed(2),
    'for each member': (share / members).toFixed(3),
    'frames a second': ((frames - framesBefore) / (measuredMs / 1000)).toFixed(0),
    'made up': ((100 * (after.concealedFrames - ticksBefore.concealedFrames)) / Math.max(1, after.decodedFrames - ticksBefore.decodedFrames)).toFixed(2) + ' %',
    'late ticks': String(after.lateTicks - ticksBefore.lateTicks),
  };
}

function threads(): readonly string[] {
  return readdirSync('/proc/self/task');
}

/** Nanoseconds. */
function onCpu(ids: readonly string[]): number {
  return ids.reduce((sum, id) => sum + Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]), 0);
}
